//! All shapes and their members, once: for each peer a macro makes readers of this list.

/// Hands the list to `$each`: `KIND Type { member: kind, … }`.
///
/// `plain` types have neither pointers nor options, `lent` ones borrow, `owned` ones do neither. Among the members, `one` is
/// of a plain type and a `part` of another; `maybe` such a member may be there, and an `option` is a table's number.
macro_rules! shapes {
    ($each:ident) => {
        $each! {
            lent Blob { data: bytes }
            plain Reading {
                sensor: number, time: number, value: number, tries: number, valid: number
            }
            plain Pair { small: number, large: number }
            owned Pairs { pairs: many }
            owned Table1 { m1: option }
            owned Table16 {
                m1: option, m2: option, m3: option, m4: option, m5: option, m6: option, m7: option,
                m8: option, m9: option, m10: option, m11: option, m12: option, m13: option, m14: option,
                m15: option, m16: option
            }
            owned Table63 {
                m1: option, m2: option, m3: option, m4: option, m5: option, m6: option, m7: option,
                m8: option, m9: option, m10: option, m11: option, m12: option, m13: option, m14: option,
                m15: option, m16: option, m17: option, m18: option, m19: option, m20: option, m21: option,
                m22: option, m23: option, m24: option, m25: option, m26: option, m27: option, m28: option,
                m29: option, m30: option, m31: option, m32: option, m33: option, m34: option, m35: option,
                m36: option, m37: option, m38: option, m39: option, m40: option, m41: option, m42: option,
                m43: option, m44: option, m45: option, m46: option, m47: option, m48: option, m49: option,
                m50: option, m51: option, m52: option, m53: option, m54: option, m55: option, m56: option,
                m57: option, m58: option, m59: option, m60: option, m61: option, m62: option, m63: option
            }
            lent Strings { strings: many }
            lent Entry {
                name: text, size: number, modified: number, inode: number, mode: number, folder: number
            }
            lent Listing { entries: many }
            plain Address { x0: number, x1: number, x2: number, x3: number }
            lent Log {
                address: one, identity: text, userid: text, date: text, request: text, code: number,
                size: number
            }
            lent Logs { logs: many }
            plain Vector3 { x: number, y: number, z: number }
            plain Triangle { v0: one, v1: one, v2: one, normal: one }
            owned Mesh { triangles: many }
            lent Item { count: number, slot: number, id: text }
            plain Abilities {
                walk_speed: number, fly_speed: number, may_fly: number, flying: number,
                invulnerable: number, may_build: number, instabuild: number
            }
            plain Vector2f { x: number, y: number }
            plain Vector3d { x: number, y: number, z: number }
            plain Uuid { x0: number, x1: number, x2: number, x3: number }
            lent Entity {
                id: text, pos: one, motion: one, rotation: one, fall_distance: number, fire: number,
                air: number, on_ground: number, no_gravity: number, invulnerable: number,
                portal_cooldown: number, uuid: one, custom_name: maybe_text, custom_name_visible: number,
                silent: number, glowing: number
            }
            lent RecipeBook {
                recipes: many, to_be_displayed: many, is_filtering_craftable: number, is_gui_open: number,
                is_furnace_filtering_craftable: number, is_furnace_gui_open: number,
                is_blasting_furnace_filtering_craftable: number, is_blasting_furnace_gui_open: number,
                is_smoker_filtering_craftable: number, is_smoker_gui_open: number
            }
            lent Vehicle { uuid: one, entity: part }
            lent Player {
                game_type: choice, previous_game_type: choice, score: number, dimension: text,
                selected_item_slot: number, selected_item: part, spawn_dimension: maybe_text,
                spawn_x: number, spawn_y: number, spawn_z: number, spawn_forced: number,
                sleep_timer: number, food_exhaustion_level: number, food_saturation_level: number,
                food_tick_timer: number, xp_level: number, xp_p: number, xp_total: number, xp_seed: number,
                inventory: many, ender_items: many, abilities: one, entered_nether_position: maybe,
                root_vehicle: maybe_part, shoulder_entity_left: maybe_part,
                shoulder_entity_right: maybe_part, seen_credits: number, recipe_book: part
            }
            lent Players { players: many }
        }
    };
}
pub(crate) use shapes;

/// Hands those shapes to `$each` that are messages.
macro_rules! roots {
    ($each:ident) => {
        $each! {
            lent { Blob Strings Listing Logs Players }
            owned { Reading Pairs Table1 Table16 Table63 Mesh }
        }
    };
}
pub(crate) use roots;
