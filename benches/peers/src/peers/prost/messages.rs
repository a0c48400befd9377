//! The shapes as messages of Protocol Buffers.

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Blob {
    #[prost(bytes = "bytes", tag = "1")]
    pub data: ::prost::bytes::Bytes,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Reading {
    #[prost(uint64, tag = "1")]
    pub sensor: u64,
    #[prost(sint64, tag = "2")]
    pub time: i64,
    #[prost(double, tag = "3")]
    pub value: f64,
    #[prost(uint32, tag = "4")]
    pub tries: u32,
    #[prost(bool, tag = "5")]
    pub valid: bool,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Pair {
    #[prost(uint32, tag = "1")]
    pub small: u32,
    #[prost(uint64, tag = "2")]
    pub large: u64,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Pairs {
    #[prost(message, repeated, tag = "1")]
    pub pairs: Vec<Pair>,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Strings {
    #[prost(string, repeated, tag = "1")]
    pub strings: Vec<String>,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Entry {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(uint64, tag = "2")]
    pub size: u64,
    #[prost(sint64, tag = "3")]
    pub modified: i64,
    #[prost(uint64, tag = "4")]
    pub inode: u64,
    #[prost(uint32, tag = "5")]
    pub mode: u32,
    #[prost(bool, tag = "6")]
    pub folder: bool,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Listing {
    #[prost(message, repeated, tag = "1")]
    pub entries: Vec<Entry>,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Address {
    #[prost(uint32, tag = "1")]
    pub x0: u32,
    #[prost(uint32, tag = "2")]
    pub x1: u32,
    #[prost(uint32, tag = "3")]
    pub x2: u32,
    #[prost(uint32, tag = "4")]
    pub x3: u32,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Log {
    #[prost(message, optional, tag = "1")]
    pub address: Option<Address>,
    #[prost(string, tag = "2")]
    pub identity: String,
    #[prost(string, tag = "3")]
    pub userid: String,
    #[prost(string, tag = "4")]
    pub date: String,
    #[prost(string, tag = "5")]
    pub request: String,
    #[prost(uint32, tag = "6")]
    pub code: u32,
    #[prost(uint64, tag = "7")]
    pub size: u64,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Logs {
    #[prost(message, repeated, tag = "1")]
    pub logs: Vec<Log>,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Vector3 {
    #[prost(float, tag = "1")]
    pub x: f32,
    #[prost(float, tag = "2")]
    pub y: f32,
    #[prost(float, tag = "3")]
    pub z: f32,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Triangle {
    #[prost(message, optional, tag = "1")]
    pub v0: Option<Vector3>,
    #[prost(message, optional, tag = "2")]
    pub v1: Option<Vector3>,
    #[prost(message, optional, tag = "3")]
    pub v2: Option<Vector3>,
    #[prost(message, optional, tag = "4")]
    pub normal: Option<Vector3>,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Mesh {
    #[prost(message, repeated, tag = "1")]
    pub triangles: Vec<Triangle>,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Item {
    #[prost(sint32, tag = "1")]
    pub count: i32,
    #[prost(uint32, tag = "2")]
    pub slot: u32,
    #[prost(string, tag = "3")]
    pub id: String,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Abilities {
    #[prost(float, tag = "1")]
    pub walk_speed: f32,
    #[prost(float, tag = "2")]
    pub fly_speed: f32,
    #[prost(bool, tag = "3")]
    pub may_fly: bool,
    #[prost(bool, tag = "4")]
    pub flying: bool,
    #[prost(bool, tag = "5")]
    pub invulnerable: bool,
    #[prost(bool, tag = "6")]
    pub may_build: bool,
    #[prost(bool, tag = "7")]
    pub instabuild: bool,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Vector2f {
    #[prost(float, tag = "1")]
    pub x: f32,
    #[prost(float, tag = "2")]
    pub y: f32,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Vector3d {
    #[prost(double, tag = "1")]
    pub x: f64,
    #[prost(double, tag = "2")]
    pub y: f64,
    #[prost(double, tag = "3")]
    pub z: f64,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Uuid {
    #[prost(uint32, tag = "1")]
    pub x0: u32,
    #[prost(uint32, tag = "2")]
    pub x1: u32,
    #[prost(uint32, tag = "3")]
    pub x2: u32,
    #[prost(uint32, tag = "4")]
    pub x3: u32,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Entity {
    #[prost(string, tag = "1")]
    pub id: String,
    #[prost(message, optional, tag = "2")]
    pub pos: Option<Vector3d>,
    #[prost(message, optional, tag = "3")]
    pub motion: Option<Vector3d>,
    #[prost(message, optional, tag = "4")]
    pub rotation: Option<Vector2f>,
    #[prost(float, tag = "5")]
    pub fall_distance: f32,
    #[prost(uint32, tag = "6")]
    pub fire: u32,
    #[prost(uint32, tag = "7")]
    pub air: u32,
    #[prost(bool, tag = "8")]
    pub on_ground: bool,
    #[prost(bool, tag = "9")]
    pub no_gravity: bool,
    #[prost(bool, tag = "10")]
    pub invulnerable: bool,
    #[prost(sint32, tag = "11")]
    pub portal_cooldown: i32,
    #[prost(message, optional, tag = "12")]
    pub uuid: Option<Uuid>,
    #[prost(string, optional, tag = "13")]
    pub custom_name: Option<String>,
    #[prost(bool, tag = "14")]
    pub custom_name_visible: bool,
    #[prost(bool, tag = "15")]
    pub silent: bool,
    #[prost(bool, tag = "16")]
    pub glowing: bool,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct RecipeBook {
    #[prost(string, repeated, tag = "1")]
    pub recipes: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub to_be_displayed: Vec<String>,
    #[prost(bool, tag = "3")]
    pub is_filtering_craftable: bool,
    #[prost(bool, tag = "4")]
    pub is_gui_open: bool,
    #[prost(bool, tag = "5")]
    pub is_furnace_filtering_craftable: bool,
    #[prost(bool, tag = "6")]
    pub is_furnace_gui_open: bool,
    #[prost(bool, tag = "7")]
    pub is_blasting_furnace_filtering_craftable: bool,
    #[prost(bool, tag = "8")]
    pub is_blasting_furnace_gui_open: bool,
    #[prost(bool, tag = "9")]
    pub is_smoker_filtering_craftable: bool,
    #[prost(bool, tag = "10")]
    pub is_smoker_gui_open: bool,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Vehicle {
    #[prost(message, optional, tag = "1")]
    pub uuid: Option<Uuid>,
    #[prost(message, optional, tag = "2")]
    pub entity: Option<Entity>,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Player {
    #[prost(int32, tag = "1")]
    pub game_type: i32,
    #[prost(int32, tag = "2")]
    pub previous_game_type: i32,
    #[prost(sint64, tag = "3")]
    pub score: i64,
    #[prost(string, tag = "4")]
    pub dimension: String,
    #[prost(uint32, tag = "5")]
    pub selected_item_slot: u32,
    #[prost(message, optional, tag = "6")]
    pub selected_item: Option<Item>,
    #[prost(string, optional, tag = "7")]
    pub spawn_dimension: Option<String>,
    #[prost(sint64, tag = "8")]
    pub spawn_x: i64,
    #[prost(sint64, tag = "9")]
    pub spawn_y: i64,
    #[prost(sint64, tag = "10")]
    pub spawn_z: i64,
    #[prost(bool, tag = "11")]
    pub spawn_forced: bool,
    #[prost(uint32, tag = "12")]
    pub sleep_timer: u32,
    #[prost(float, tag = "13")]
    pub food_exhaustion_level: f32,
    #[prost(float, tag = "14")]
    pub food_saturation_level: f32,
    #[prost(uint32, tag = "15")]
    pub food_tick_timer: u32,
    #[prost(uint32, tag = "16")]
    pub xp_level: u32,
    #[prost(float, tag = "17")]
    pub xp_p: f32,
    #[prost(sint32, tag = "18")]
    pub xp_total: i32,
    #[prost(sint32, tag = "19")]
    pub xp_seed: i32,
    #[prost(message, repeated, tag = "20")]
    pub inventory: Vec<Item>,
    #[prost(message, repeated, tag = "21")]
    pub ender_items: Vec<Item>,
    #[prost(message, optional, tag = "22")]
    pub abilities: Option<Abilities>,
    #[prost(message, optional, tag = "23")]
    pub entered_nether_position: Option<Vector3d>,
    #[prost(message, optional, tag = "24")]
    pub root_vehicle: Option<Vehicle>,
    #[prost(message, optional, tag = "25")]
    pub shoulder_entity_left: Option<Entity>,
    #[prost(message, optional, tag = "26")]
    pub shoulder_entity_right: Option<Entity>,
    #[prost(bool, tag = "27")]
    pub seen_credits: bool,
    #[prost(message, optional, tag = "28")]
    pub recipe_book: Option<RecipeBook>,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Players {
    #[prost(message, repeated, tag = "1")]
    pub players: Vec<Player>,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Table1 {
    #[prost(uint32, optional, tag = "1")]
    pub m1: Option<u32>,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Table16 {
    #[prost(uint32, optional, tag = "1")]
    pub m1: Option<u32>,
    #[prost(uint32, optional, tag = "2")]
    pub m2: Option<u32>,
    #[prost(uint32, optional, tag = "3")]
    pub m3: Option<u32>,
    #[prost(uint32, optional, tag = "4")]
    pub m4: Option<u32>,
    #[prost(uint32, optional, tag = "5")]
    pub m5: Option<u32>,
    #[prost(uint32, optional, tag = "6")]
    pub m6: Option<u32>,
    #[prost(uint32, optional, tag = "7")]
    pub m7: Option<u32>,
    #[prost(uint32, optional, tag = "8")]
    pub m8: Option<u32>,
    #[prost(uint32, optional, tag = "9")]
    pub m9: Option<u32>,
    #[prost(uint32, optional, tag = "10")]
    pub m10: Option<u32>,
    #[prost(uint32, optional, tag = "11")]
    pub m11: Option<u32>,
    #[prost(uint32, optional, tag = "12")]
    pub m12: Option<u32>,
    #[prost(uint32, optional, tag = "13")]
    pub m13: Option<u32>,
    #[prost(uint32, optional, tag = "14")]
    pub m14: Option<u32>,
    #[prost(uint32, optional, tag = "15")]
    pub m15: Option<u32>,
    #[prost(uint32, optional, tag = "16")]
    pub m16: Option<u32>,
}

#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Table63 {
    #[prost(uint32, optional, tag = "1")]
    pub m1: Option<u32>,
    #[prost(uint32, optional, tag = "2")]
    pub m2: Option<u32>,
    #[prost(uint32, optional, tag = "3")]
    pub m3: Option<u32>,
    #[prost(uint32, optional, tag = "4")]
    pub m4: Option<u32>,
    #[prost(uint32, optional, tag = "5")]
    pub m5: Option<u32>,
    #[prost(uint32, optional, tag = "6")]
    pub m6: Option<u32>,
    #[prost(uint32, optional, tag = "7")]
    pub m7: Option<u32>,
    #[prost(uint32, optional, tag = "8")]
    pub m8: Option<u32>,
    #[prost(uint32, optional, tag = "9")]
    pub m9: Option<u32>,
    #[prost(uint32, optional, tag = "10")]
    pub m10: Option<u32>,
    #[prost(uint32, optional, tag = "11")]
    pub m11: Option<u32>,
    #[prost(uint32, optional, tag = "12")]
    pub m12: Option<u32>,
    #[prost(uint32, optional, tag = "13")]
    pub m13: Option<u32>,
    #[prost(uint32, optional, tag = "14")]
    pub m14: Option<u32>,
    #[prost(uint32, optional, tag = "15")]
    pub m15: Option<u32>,
    #[prost(uint32, optional, tag = "16")]
    pub m16: Option<u32>,
    #[prost(uint32, optional, tag = "17")]
    pub m17: Option<u32>,
    #[prost(uint32, optional, tag = "18")]
    pub m18: Option<u32>,
    #[prost(uint32, optional, tag = "19")]
    pub m19: Option<u32>,
    #[prost(uint32, optional, tag = "20")]
    pub m20: Option<u32>,
    #[prost(uint32, optional, tag = "21")]
    pub m21: Option<u32>,
    #[prost(uint32, optional, tag = "22")]
    pub m22: Option<u32>,
    #[prost(uint32, optional, tag = "23")]
    pub m23: Option<u32>,
    #[prost(uint32, optional, tag = "24")]
    pub m24: Option<u32>,
    #[prost(uint32, optional, tag = "25")]
    pub m25: Option<u32>,
    #[prost(uint32, optional, tag = "26")]
    pub m26: Option<u32>,
    #[prost(uint32, optional, tag = "27")]
    pub m27: Option<u32>,
    #[prost(uint32, optional, tag = "28")]
    pub m28: Option<u32>,
    #[prost(uint32, optional, tag = "29")]
    pub m29: Option<u32>,
    #[prost(uint32, optional, tag = "30")]
    pub m30: Option<u32>,
    #[prost(uint32, optional, tag = "31")]
    pub m31: Option<u32>,
    #[prost(uint32, optional, tag = "32")]
    pub m32: Option<u32>,
    #[prost(uint32, optional, tag = "33")]
    pub m33: Option<u32>,
    #[prost(uint32, optional, tag = "34")]
    pub m34: Option<u32>,
    #[prost(uint32, optional, tag = "35")]
    pub m35: Option<u32>,
    #[prost(uint32, optional, tag = "36")]
    pub m36: Option<u32>,
    #[prost(uint32, optional, tag = "37")]
    pub m37: Option<u32>,
    #[prost(uint32, optional, tag = "38")]
    pub m38: Option<u32>,
    #[prost(uint32, optional, tag = "39")]
    pub m39: Option<u32>,
    #[prost(uint32, optional, tag = "40")]
    pub m40: Option<u32>,
    #[prost(uint32, optional, tag = "41")]
    pub m41: Option<u32>,
    #[prost(uint32, optional, tag = "42")]
    pub m42: Option<u32>,
    #[prost(uint32, optional, tag = "43")]
    pub m43: Option<u32>,
    #[prost(uint32, optional, tag = "44")]
    pub m44: Option<u32>,
    #[prost(uint32, optional, tag = "45")]
    pub m45: Option<u32>,
    #[prost(uint32, optional, tag = "46")]
    pub m46: Option<u32>,
    #[prost(uint32, optional, tag = "47")]
    pub m47: Option<u32>,
    #[prost(uint32, optional, tag = "48")]
    pub m48: Option<u32>,
    #[prost(uint32, optional, tag = "49")]
    pub m49: Option<u32>,
    #[prost(uint32, optional, tag = "50")]
    pub m50: Option<u32>,
    #[prost(uint32, optional, tag = "51")]
    pub m51: Option<u32>,
    #[prost(uint32, optional, tag = "52")]
    pub m52: Option<u32>,
    #[prost(uint32, optional, tag = "53")]
    pub m53: Option<u32>,
    #[prost(uint32, optional, tag = "54")]
    pub m54: Option<u32>,
    #[prost(uint32, optional, tag = "55")]
    pub m55: Option<u32>,
    #[prost(uint32, optional, tag = "56")]
    pub m56: Option<u32>,
    #[prost(uint32, optional, tag = "57")]
    pub m57: Option<u32>,
    #[prost(uint32, optional, tag = "58")]
    pub m58: Option<u32>,
    #[prost(uint32, optional, tag = "59")]
    pub m59: Option<u32>,
    #[prost(uint32, optional, tag = "60")]
    pub m60: Option<u32>,
    #[prost(uint32, optional, tag = "61")]
    pub m61: Option<u32>,
    #[prost(uint32, optional, tag = "62")]
    pub m62: Option<u32>,
    #[prost(uint32, optional, tag = "63")]
    pub m63: Option<u32>,
}
