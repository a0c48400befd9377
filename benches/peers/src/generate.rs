//! Data for the shapes, the same in every run. Texts are leaked: they are made once.

use crate::model::*;

/// SplitMix64.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn chance(&mut self) -> bool {
        self.next() & 1 == 1
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// From 0 to 1.
    fn f32(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1 << 24) as f32
    }

    fn f64(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn many<T>(&mut self, count: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..count).map(|_| make(self)).collect()
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance().then(|| make(self))
    }
}

pub fn blob(random: &mut Random, bytes: usize) -> Blob<'static> {
    Blob { data: Vec::leak(random.many(bytes, |random| random.next() as u8)) }
}

pub fn reading() -> Reading {
    Reading { sensor: 7, time: 1_000_000_007, value: 0.5, tries: 3, valid: true }
}

pub fn pairs(random: &mut Random) -> Pairs {
    Pairs { pairs: random.many(256, |random| Pair { small: random.next() as u8, large: random.next() }) }
}

/// Texts of up to 63 bytes; one in eight is not ASCII.
pub fn strings(random: &mut Random) -> Strings<'static> {
    Strings { strings: random.many(64, text) }
}

fn text(random: &mut Random) -> &'static str {
    let letters: &[&str] = if random.below(8) == 0 { &["ä", "я", "a", " "] } else { &["a", "e", "s", " "] };
    let count = random.below(32);
    let letters: String = (0..count).map(|_| random.pick(letters)).collect();
    letters.leak()
}

pub fn listing(random: &mut Random) -> Listing<'static> {
    let entry = |number: usize| Entry {
        name: format!("{}-{number}.txt", "a-longer-name-".repeat(number % 4)).leak(),
        size: random.next() % 1_000_000,
        modified: 1_700_000_000_000_000_000 + number as i64,
        inode: number as u64,
        mode: 0o644,
        folder: number.is_multiple_of(8),
    };
    Listing { entries: (0..32).map(entry).collect() }
}

pub fn logs(random: &mut Random) -> Logs<'static> {
    Logs { logs: random.many(256, log) }
}

fn log(random: &mut Random) -> Log<'static> {
    const USERS: [&str; 9] = ["-", "alice", "bob", "carmen", "david", "eric", "frank", "george", "harry"];
    const MONTHS: [&str; 4] = ["Jan", "Apr", "Jul", "Oct"];
    const METHODS: [&str; 5] = ["GET", "POST", "PUT", "UPDATE", "DELETE"];
    const ROUTES: [&str; 5] =
        ["/favicon.ico", "/css/index.css", "/css/font-awesome.min.css", "/img/splash.jpg", "/api/login"];
    const PROTOCOLS: [&str; 4] = ["HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/3"];
    let (day, month, year) = (1 + random.below(28), random.pick(&MONTHS), 1970 + random.below(52));
    let (hour, minute, second) = (random.below(24), random.below(60), random.below(60));
    Log {
        address: Address {
            x0: random.next() as u8,
            x1: random.next() as u8,
            x2: random.next() as u8,
            x3: random.next() as u8,
        },
        identity: "-",
        userid: random.pick(&USERS),
        date: format!("{day}/{month}/{year}:{hour}:{minute}:{second} +0100").leak(),
        request: format!("{} {} {}", random.pick(&METHODS), random.pick(&ROUTES), random.pick(&PROTOCOLS))
            .leak(),
        code: random.pick(&[200, 204, 301, 304, 400, 403, 404, 500, 503]),
        size: random.next() % 100_000_000,
    }
}

pub fn mesh(random: &mut Random) -> Mesh {
    let vector = |random: &mut Random| Vector3 { x: random.f32(), y: random.f32(), z: random.f32() };
    let triangle = |random: &mut Random| Triangle {
        v0: vector(random),
        v1: vector(random),
        v2: vector(random),
        normal: vector(random),
    };
    Mesh { triangles: random.many(1024, triangle) }
}

pub fn players(random: &mut Random) -> Players<'static> {
    Players { players: random.many(20, player) }
}

fn item(random: &mut Random) -> Item<'static> {
    const IDS: [&str; 8] = ["dirt", "stone", "pickaxe", "sand", "gravel", "shovel", "chestplate", "steak"];
    Item { count: random.next() as i8, slot: random.next() as u8, id: random.pick(&IDS) }
}

fn position(random: &mut Random) -> Vector3d {
    Vector3d { x: random.f64(), y: random.f64(), z: random.f64() }
}

fn uuid(random: &mut Random) -> Uuid {
    let mut number = || random.next() as u32;
    Uuid { x0: number(), x1: number(), x2: number(), x3: number() }
}

fn entity(random: &mut Random) -> Entity<'static> {
    const IDS: [&str; 8] = ["cow", "sheep", "zombie", "skeleton", "spider", "creeper", "parrot", "bee"];
    const NAMES: [&str; 8] = ["rainbow", "princess", "steve", "johnny", "missy", "coward", "fairy", "howard"];
    Entity {
        id: random.pick(&IDS),
        pos: position(random),
        motion: position(random),
        rotation: Vector2f { x: random.f32(), y: random.f32() },
        fall_distance: random.f32(),
        fire: random.next() as u16,
        air: random.next() as u16,
        on_ground: random.chance(),
        no_gravity: random.chance(),
        invulnerable: random.chance(),
        portal_cooldown: random.next() as i32,
        uuid: uuid(random),
        custom_name: random.maybe(|random| random.pick(&NAMES)),
        custom_name_visible: random.chance(),
        silent: random.chance(),
        glowing: random.chance(),
    }
}

fn recipe_book(random: &mut Random) -> RecipeBook<'static> {
    const RECIPES: [&str; 8] =
        ["pickaxe", "torch", "bow", "crafting table", "furnace", "shears", "arrow", "tnt"];
    let mut recipes = |most| {
        let count = random.below(most);
        random.many(count, |random| random.pick(&RECIPES))
    };
    RecipeBook {
        recipes: recipes(30),
        to_be_displayed: recipes(10),
        is_filtering_craftable: random.chance(),
        is_gui_open: random.chance(),
        is_furnace_filtering_craftable: random.chance(),
        is_furnace_gui_open: random.chance(),
        is_blasting_furnace_filtering_craftable: random.chance(),
        is_blasting_furnace_gui_open: random.chance(),
        is_smoker_filtering_craftable: random.chance(),
        is_smoker_gui_open: random.chance(),
    }
}

fn player(random: &mut Random) -> Player<'static> {
    use GameType::{Adventure, Creative, Spectator, Survival};
    const GAMES: [GameType; 4] = [Survival, Creative, Adventure, Spectator];
    const DIMENSIONS: [&str; 3] = ["overworld", "nether", "end"];
    let (items, ender_items) = (random.below(40), random.below(27));
    Player {
        game_type: random.pick(&GAMES),
        previous_game_type: random.pick(&GAMES),
        score: random.next() as i64,
        dimension: random.pick(&DIMENSIONS),
        selected_item_slot: random.next() as u32,
        selected_item: item(random),
        spawn_dimension: random.maybe(|random| random.pick(&DIMENSIONS)),
        spawn_x: random.next() as i64,
        spawn_y: random.next() as i64,
        spawn_z: random.next() as i64,
        spawn_forced: random.chance(),
        sleep_timer: random.next() as u16,
        food_exhaustion_level: random.f32(),
        food_saturation_level: random.f32(),
        food_tick_timer: random.next() as u32,
        xp_level: random.next() as u32,
        xp_p: random.f32(),
        xp_total: random.next() as i32,
        xp_seed: random.next() as i32,
        inventory: random.many(items, item),
        ender_items: random.many(ender_items, item),
        abilities: Abilities {
            walk_speed: random.f32(),
            fly_speed: random.f32(),
            may_fly: random.chance(),
            flying: random.chance(),
            invulnerable: random.chance(),
            may_build: random.chance(),
            instabuild: random.chance(),
        },
        entered_nether_position: random.maybe(position),
        root_vehicle: random.maybe(|random| Vehicle { uuid: uuid(random), entity: entity(random) }),
        shoulder_entity_left: random.maybe(entity),
        shoulder_entity_right: random.maybe(entity),
        seen_credits: random.chance(),
        recipe_book: recipe_book(random),
    }
}

macro_rules! tables {
    ($name:ident $function:ident: $($member:ident)*) => {
        /// With every member, or with none.
        pub fn $function(set: bool) -> $name {
            let mut number = 0;
            $name { $($member: { number += 1; set.then_some(number) },)* }
        }
    };
}
tables! {
    Table1 table_1:
    m1
}
tables! {
    Table16 table_16:
    m1 m2 m3 m4 m5 m6 m7 m8 m9 m10 m11 m12 m13 m14 m15 m16
}
tables! {
    Table63 table_63:
    m1 m2 m3 m4 m5 m6 m7 m8 m9 m10 m11 m12 m13 m14 m15 m16 m17 m18 m19 m20 m21 m22 m23 m24 m25 m26
    m27 m28 m29 m30 m31 m32 m33 m34 m35 m36 m37 m38 m39 m40 m41 m42 m43 m44 m45 m46 m47 m48 m49 m50
    m51 m52 m53 m54 m55 m56 m57 m58 m59 m60 m61 m62 m63
}
