//! The values: what applications have, and what bincode, postcard, wincode and rkyv write and read just so.

use rkyv::with::{InlineAsBox, Map};

use crate::peers::rkyv::AsText;
use crate::shapes::shapes;
use crate::sink::{Read, Sink};

/// A value that its peers derive everything for.
macro_rules! shape {
    ($(#[$meta:meta])* struct $name:ident $(<$life:tt>)? {
        $($(#[$member_meta:meta])* $member:ident: $type:ty,)*
    }) => {
        #[derive(
            Clone,
            Debug,
            PartialEq,
            bincode::Encode,
            bincode::BorrowDecode,
            serde::Serialize,
            serde::Deserialize,
            wincode::SchemaWrite,
            wincode::SchemaRead,
            rkyv::Archive,
            rkyv::Serialize,
        )]
        // So that those that copy plain structs as they are may.
        #[repr(C)]
        pub struct $name $(<$life>)? { $($(#[$member_meta])* pub $member: $type,)* }
    };
}

shape! {
    struct Blob<'a> {
        #[rkyv(with = InlineAsBox)]
        #[serde(with = "serde_bytes")]
        data: &'a [u8],
    }
}

shape! {
    struct Reading {
        sensor: u64,
        time: i64,
        value: f64,
        tries: u16,
        valid: bool,
    }
}

shape! {
    struct Pair {
        small: u8,
        large: u64,
    }
}

shape! {
    struct Pairs {
        pairs: Vec<Pair>,
    }
}

shape! {
    struct Strings<'a> {
        #[rkyv(with = Map<AsText>)]
        #[serde(borrow)]
        strings: Vec<&'a str>,
    }
}

shape! {
    struct Entry<'a> {
        #[rkyv(with = AsText)]
        name: &'a str,
        size: u64,
        modified: i64,
        inode: u64,
        mode: u32,
        folder: bool,
    }
}

shape! {
    struct Listing<'a> {
        #[serde(borrow)]
        entries: Vec<Entry<'a>>,
    }
}

shape! {
    struct Address {
        x0: u8,
        x1: u8,
        x2: u8,
        x3: u8,
    }
}

shape! {
    struct Log<'a> {
        address: Address,
        #[rkyv(with = AsText)]
        identity: &'a str,
        #[rkyv(with = AsText)]
        userid: &'a str,
        #[rkyv(with = AsText)]
        date: &'a str,
        #[rkyv(with = AsText)]
        request: &'a str,
        code: u16,
        size: u64,
    }
}

shape! {
    struct Logs<'a> {
        #[serde(borrow)]
        logs: Vec<Log<'a>>,
    }
}

shape! {
    struct Vector3 {
        x: f32,
        y: f32,
        z: f32,
    }
}

shape! {
    struct Triangle {
        v0: Vector3,
        v1: Vector3,
        v2: Vector3,
        normal: Vector3,
    }
}

shape! {
    struct Mesh {
        triangles: Vec<Triangle>,
    }
}

shape! {
    struct Item<'a> {
        count: i8,
        slot: u8,
        #[rkyv(with = AsText)]
        id: &'a str,
    }
}

shape! {
    struct Abilities {
        walk_speed: f32,
        fly_speed: f32,
        may_fly: bool,
        flying: bool,
        invulnerable: bool,
        may_build: bool,
        instabuild: bool,
    }
}

shape! {
    struct Vector2f {
        x: f32,
        y: f32,
    }
}

shape! {
    struct Vector3d {
        x: f64,
        y: f64,
        z: f64,
    }
}

shape! {
    struct Uuid {
        x0: u32,
        x1: u32,
        x2: u32,
        x3: u32,
    }
}

shape! {
    struct Entity<'a> {
        #[rkyv(with = AsText)]
        id: &'a str,
        pos: Vector3d,
        motion: Vector3d,
        rotation: Vector2f,
        fall_distance: f32,
        fire: u16,
        air: u16,
        on_ground: bool,
        no_gravity: bool,
        invulnerable: bool,
        portal_cooldown: i32,
        uuid: Uuid,
        #[rkyv(with = Map<AsText>)]
        #[serde(borrow)]
        custom_name: Option<&'a str>,
        custom_name_visible: bool,
        silent: bool,
        glowing: bool,
    }
}

shape! {
    struct RecipeBook<'a> {
        #[rkyv(with = Map<AsText>)]
        #[serde(borrow)]
        recipes: Vec<&'a str>,
        #[rkyv(with = Map<AsText>)]
        #[serde(borrow)]
        to_be_displayed: Vec<&'a str>,
        is_filtering_craftable: bool,
        is_gui_open: bool,
        is_furnace_filtering_craftable: bool,
        is_furnace_gui_open: bool,
        is_blasting_furnace_filtering_craftable: bool,
        is_blasting_furnace_gui_open: bool,
        is_smoker_filtering_craftable: bool,
        is_smoker_gui_open: bool,
    }
}

shape! {
    struct Vehicle<'a> {
        uuid: Uuid,
        #[serde(borrow)]
        entity: Entity<'a>,
    }
}

shape! {
    struct Player<'a> {
        game_type: GameType,
        previous_game_type: GameType,
        score: i64,
        #[rkyv(with = AsText)]
        dimension: &'a str,
        selected_item_slot: u32,
        #[serde(borrow)]
        selected_item: Item<'a>,
        #[rkyv(with = Map<AsText>)]
        #[serde(borrow)]
        spawn_dimension: Option<&'a str>,
        spawn_x: i64,
        spawn_y: i64,
        spawn_z: i64,
        spawn_forced: bool,
        sleep_timer: u16,
        food_exhaustion_level: f32,
        food_saturation_level: f32,
        food_tick_timer: u32,
        xp_level: u32,
        xp_p: f32,
        xp_total: i32,
        xp_seed: i32,
        #[serde(borrow)]
        inventory: Vec<Item<'a>>,
        #[serde(borrow)]
        ender_items: Vec<Item<'a>>,
        abilities: Abilities,
        entered_nether_position: Option<Vector3d>,
        #[serde(borrow)]
        root_vehicle: Option<Vehicle<'a>>,
        #[serde(borrow)]
        shoulder_entity_left: Option<Entity<'a>>,
        #[serde(borrow)]
        shoulder_entity_right: Option<Entity<'a>>,
        seen_credits: bool,
        #[serde(borrow)]
        recipe_book: RecipeBook<'a>,
    }
}

shape! {
    struct Players<'a> {
        #[serde(borrow)]
        players: Vec<Player<'a>>,
    }
}

/// Tables: each member may be there or not.
macro_rules! table {
    ($name:ident: $($member:ident)*) => {
        shape! { struct $name { $($member: Option<u8>,)* } }
    };
}
table! {
    Table1: m1
}
table! {
    Table16: m1 m2 m3 m4 m5 m6 m7 m8 m9 m10 m11 m12 m13 m14 m15 m16
}
table! {
    Table63:
    m1 m2 m3 m4 m5 m6 m7 m8 m9 m10 m11 m12 m13 m14 m15 m16 m17 m18 m19 m20 m21 m22 m23 m24 m25 m26
    m27 m28 m29 m30 m31 m32 m33 m34 m35 m36 m37 m38 m39 m40 m41 m42 m43 m44 m45 m46 m47 m48 m49 m50
    m51 m52 m53 m54 m55 m56 m57 m58 m59 m60 m61 m62 m63
}

/// How the game is played.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    bincode::Encode,
    bincode::BorrowDecode,
    serde::Serialize,
    serde::Deserialize,
    wincode::SchemaWrite,
    wincode::SchemaRead,
    rkyv::Archive,
    rkyv::Serialize,
)]
#[wincode(tag_encoding = "u8")]
#[repr(u8)]
pub enum GameType {
    Survival,
    Creative,
    Adventure,
    Spectator,
}

impl Read for GameType {
    #[inline(always)]
    fn read<S: Sink>(&self, sink: &mut S) {
        sink.number(*self as u64);
    }
}

macro_rules! read_members {
    ($($kind:ident $name:ident { $($member:ident: $as:ident),* })*) => { $(
        read_members!(@impl $kind $name $($member)*);
    )* };
    (@impl lent Blob data) => {
        impl Read for Blob<'_> {
            #[inline(always)]
            fn read<S: Sink>(&self, sink: &mut S) {
                sink.bytes(self.data);
            }
        }
    };
    (@impl lent $name:ident $($member:ident)*) => {
        impl Read for $name<'_> {
            #[inline(always)]
            fn read<S: Sink>(&self, sink: &mut S) {
                $(self.$member.read(sink);)*
            }
        }
    };
    (@impl $kind:ident $name:ident $($member:ident)*) => {
        impl Read for $name {
            #[inline(always)]
            fn read<S: Sink>(&self, sink: &mut S) {
                $(self.$member.read(sink);)*
            }
        }
    };
}
shapes! { read_members }
