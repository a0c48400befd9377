# The same shapes for Cap'n Proto; tables are left out, for it has no optional numbers.
@0xd1c5b5e0f3a94c27;

enum GameType {
  survival @0;
  creative @1;
  adventure @2;
  spectator @3;
}

struct Blob {
  data @0 :Data;
}

struct Reading {
  sensor @0 :UInt64;
  time @1 :Int64;
  value @2 :Float64;
  tries @3 :UInt16;
  valid @4 :Bool;
}

struct Pair {
  small @0 :UInt8;
  large @1 :UInt64;
}

struct Pairs {
  pairs @0 :List(Pair);
}

struct Strings {
  strings @0 :List(Text);
}

struct Entry {
  name @0 :Text;
  size @1 :UInt64;
  modified @2 :Int64;
  inode @3 :UInt64;
  mode @4 :UInt32;
  folder @5 :Bool;
}

struct Listing {
  entries @0 :List(Entry);
}

struct Address {
  x0 @0 :UInt8;
  x1 @1 :UInt8;
  x2 @2 :UInt8;
  x3 @3 :UInt8;
}

struct Log {
  address @0 :Address;
  identity @1 :Text;
  userid @2 :Text;
  date @3 :Text;
  request @4 :Text;
  code @5 :UInt16;
  size @6 :UInt64;
}

struct Logs {
  logs @0 :List(Log);
}

struct Vector3 {
  x @0 :Float32;
  y @1 :Float32;
  z @2 :Float32;
}

struct Triangle {
  v0 @0 :Vector3;
  v1 @1 :Vector3;
  v2 @2 :Vector3;
  normal @3 :Vector3;
}

struct Mesh {
  triangles @0 :List(Triangle);
}

struct Item {
  count @0 :Int8;
  slot @1 :UInt8;
  id @2 :Text;
}

struct Abilities {
  walkSpeed @0 :Float32;
  flySpeed @1 :Float32;
  mayFly @2 :Bool;
  flying @3 :Bool;
  invulnerable @4 :Bool;
  mayBuild @5 :Bool;
  instabuild @6 :Bool;
}

struct Vector2f {
  x @0 :Float32;
  y @1 :Float32;
}

struct Vector3d {
  x @0 :Float64;
  y @1 :Float64;
  z @2 :Float64;
}

struct Uuid {
  x0 @0 :UInt32;
  x1 @1 :UInt32;
  x2 @2 :UInt32;
  x3 @3 :UInt32;
}

struct Entity {
  id @0 :Text;
  pos @1 :Vector3d;
  motion @2 :Vector3d;
  rotation @3 :Vector2f;
  fallDistance @4 :Float32;
  fire @5 :UInt16;
  air @6 :UInt16;
  onGround @7 :Bool;
  noGravity @8 :Bool;
  invulnerable @9 :Bool;
  portalCooldown @10 :Int32;
  uuid @11 :Uuid;
  customName @12 :Text;
  customNameVisible @13 :Bool;
  silent @14 :Bool;
  glowing @15 :Bool;
}

struct RecipeBook {
  recipes @0 :List(Text);
  toBeDisplayed @1 :List(Text);
  isFilteringCraftable @2 :Bool;
  isGuiOpen @3 :Bool;
  isFurnaceFilteringCraftable @4 :Bool;
  isFurnaceGuiOpen @5 :Bool;
  isBlastingFurnaceFilteringCraftable @6 :Bool;
  isBlastingFurnaceGuiOpen @7 :Bool;
  isSmokerFilteringCraftable @8 :Bool;
  isSmokerGuiOpen @9 :Bool;
}

struct Vehicle {
  uuid @0 :Uuid;
  entity @1 :Entity;
}

struct Player {
  gameType @0 :GameType;
  previousGameType @1 :GameType;
  score @2 :Int64;
  dimension @3 :Text;
  selectedItemSlot @4 :UInt32;
  selectedItem @5 :Item;
  spawnDimension @6 :Text;
  spawnX @7 :Int64;
  spawnY @8 :Int64;
  spawnZ @9 :Int64;
  spawnForced @10 :Bool;
  sleepTimer @11 :UInt16;
  foodExhaustionLevel @12 :Float32;
  foodSaturationLevel @13 :Float32;
  foodTickTimer @14 :UInt32;
  xpLevel @15 :UInt32;
  xpP @16 :Float32;
  xpTotal @17 :Int32;
  xpSeed @18 :Int32;
  inventory @19 :List(Item);
  enderItems @20 :List(Item);
  abilities @21 :Abilities;
  enteredNetherPosition @22 :Vector3d;
  rootVehicle @23 :Vehicle;
  shoulderEntityLeft @24 :Entity;
  shoulderEntityRight @25 :Entity;
  seenCredits @26 :Bool;
  recipeBook @27 :RecipeBook;
}

struct Players {
  players @0 :List(Player);
}
