//! The one table of codes.

use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// No output is made.
    Error,
    /// Something to look at.
    Warning,
}

/// One row of the table: a rule of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code {
    /// The number. Up to 999 it is the number that the language's own catalogue of errors gives to the rule.
    pub number: u16,
    /// How bad breaking the rule is.
    pub severity: Severity,
    /// What is wrong, in general words.
    pub title: &'static str,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E{:04}", self.number)
    }
}

impl Code {
    /// Every row, in the order of the numbers.
    pub const ALL: &'static [Code] = names::ALL;
}

macro_rules! table {
    ($($number:literal $severity:ident $name:ident $title:literal)*) => {
        pub(super) mod names {
            //! Every row by its name.
            use super::{Code, Severity};
            $(
                #[doc = $title]
                pub const $name: Code =
                    Code { number: $number, severity: Severity::$severity, title: $title };
            )*
            pub(super) const ALL: &[Code] = &[$($name),*];
        }
    };
}

table! {
    1 Error BAD_CHARACTER "this character begins nothing that the language knows"
    2 Error LINE_BREAK_IN_STRING "a string must end on the line where it begins"
    3 Error BAD_ESCAPE "unknown escape in a string"
    4 Error BAD_HEX_DIGIT "a Unicode escape holds something other than hexadecimal digits"
    6 Error EXPECTED_DECLARATION "a declaration is expected here"
    7 Error UNEXPECTED_TOKEN "this does not fit here"
    8 Error EXPECTED_TOKEN "something is missing"
    9 Error EXPECTED_KEYWORD "another word is expected here"
    10 Error BAD_IDENTIFIER "bad form of a name"
    11 Error BAD_LIBRARY_NAME "bad form of a library name"
    12 Error UNKNOWN_LAYOUT "unknown kind of layout"
    13 Error SUBTYPE_NOT_A_NAME "the underlying type must be the name of a type"
    14 Error EMPTY_ARGUMENTS "the parentheses of an attribute hold nothing"
    15 Error UNNAMED_ARGUMENTS "several arguments of an attribute must all be named"
    16 Error MISSING_ORDINAL "a member of a table or union needs an ordinal"
    17 Error ORDINAL_RANGE "this ordinal does not fit into 32 bits"
    18 Error ORDINAL_ZERO "ordinals begin at 1"
    19 Error STRICT_WITHOUT_MEMBERS "a strict layout must have at least one member"
    20 Error NOT_A_PROTOCOL_MEMBER "this is not a member of a protocol"
    22 Error ATTRIBUTE_ON_TYPE_NAME "an attribute cannot stand on a type that is referred to by name"
    23 Error ATTRIBUTE_INSIDE_TYPE "the attributes of a type declaration stand before it"
    24 Error DOC_ON_PARAMETERS "a doc comment cannot stand on parameters"
    25 Error LATE_USING "imports stand before all declarations"
    26 Warning COMMENT_IN_DOC "an ordinary comment stands inside a doc comment"
    27 Warning BLANK_LINE_IN_DOC "a blank line stands inside a doc comment"
    28 Warning STRAY_DOC "this doc comment belongs to nothing"
    29 Error NO_PROPERTIES "a resource definition needs at least one property"
    30 Error MODIFIER_NOT_ALLOWED "this modifier is not allowed here"
    31 Error SUBTYPE_NOT_ALLOWED "only bits and enums have an underlying type"
    32 Error MODIFIER_TWICE "the same modifier is given twice"
    33 Error MODIFIER_CONFLICT "these modifiers exclude each other"
    34 Error NAME_TWICE "a name is declared twice"
    35 Error CANONICAL_NAME_TWICE "two names are the same apart from their style"
    36 Error NAME_OVERLAP "a name is declared twice in some versions"
    37 Error CANONICAL_NAME_OVERLAP "two names are the same apart from their style in some versions"
    38 Error NAME_IS_IMPORT "a declaration has the name of an import"
    39 Error CANONICAL_NAME_IS_IMPORT "a declaration has the name of an import, apart from its style"
    40 Error LIBRARY_NAMES_DIFFER "the files of a library must all name the same library"
    41 Error LIBRARY_TWICE "two libraries have the same name"
    42 Error IMPORT_TWICE "a library is imported twice"
    43 Error IMPORT_NAME_TWICE "two imports have the same name"
    44 Error IMPORT_ALIAS_TAKEN "the new name of an import is that of another import"
    45 Error ATTRIBUTE_ON_USING "an import cannot have attributes or a doc comment"
    46 Error UNKNOWN_LIBRARY "no library of this name was given"
    48 Error OPTIONAL_TABLE_MEMBER "a member of a table cannot be optional by itself"
    49 Error OPTIONAL_UNION_MEMBER "a member of a union cannot be optional"
    51 Error UNKNOWN_PREFIX "the first part of this name is not an imported library"
    52 Error UNKNOWN_NAME "this name is not declared"
    53 Error NO_MEMBERS_TO_NAME "only members of bits and enums can be referred to"
    54 Error UNKNOWN_MEMBER "there is no such member"
    55 Error DEPRECATED_REFERENCE "something that is not deprecated refers to something that is"
    56 Error DEPRECATED_ELSEWHERE "something that is not deprecated refers to something of another platform that is"
    57 Error CYCLE "a declaration contains itself"
    58 Error GENERATED_NAME "a generated name cannot be referred to"
    59 Error NOT_A_CONSTANT_TYPE "there are no constants of this type"
    61 Error OR_ON_WRONG_TYPE "only integers and bits can be combined with `|`"
    62 Error NEW_TYPE "a new type needs a feature that is not turned on"
    63 Error TYPE_FOR_VALUE "a value is expected, but this is a type"
    64 Error OTHER_TYPES_CONSTANT "this constant belongs to another type"
    65 Error CANNOT_CONVERT "this value does not fit the type"
    66 Error NUMBER_RANGE "this number does not fit the type"
    67 Error NOT_A_POWER_OF_TWO "the members of bits must be powers of two"
    68 Error MAXIMUM_IS_UNKNOWN "a flexible enum keeps its largest value for unknown values"
    69 Error BITS_TYPE "bits must be over an unsigned integer type"
    70 Error ENUM_TYPE "an enum must be over an integer type"
    71 Error UNKNOWN_IN_STRICT "a strict enum knows no unknown values"
    72 Error UNKNOWN_TWICE "two members are marked `@unknown`"
    73 Error COMPOSE_NOT_PROTOCOL "only a protocol can be composed"
    74 Error PAYLOAD_KIND "this kind of declaration cannot be the payload of a message"
    75 Error PAYLOAD_TYPE "the payload of a message must be a struct, table or union"
    77 Error EMPTY_PAYLOAD "an empty struct cannot be the payload of a message"
    81 Error ORDINAL_TWICE "two methods of a protocol have the same ordinal"
    82 Error BAD_SELECTOR "bad form of a selector"
    83 Error SELECTOR_NEEDED "every method in `fuchsia.io` needs a selector in full"
    84 Error DEFAULT_IN_PAYLOAD "the payload of a message cannot have default values"
    88 Error OPTIONAL_SERVICE_MEMBER "a member of a service cannot be optional"
    91 Error DEFAULT_TYPE "there are no default values of this type"
    92 Error TABLE_ORDINAL_RANGE "the ordinals of a table go to 64"
    93 Error LAST_NOT_TABLE "the 64th member of a table must be a table"
    94 Error TABLE_ORDINAL_TWICE "two members of a table have the same ordinal"
    97 Error UNION_ORDINAL_TWICE "two members of a union have the same ordinal"
    107 Error VALUE_TWICE "two members have the same value"
    110 Error VALUE_WITH_RESOURCE "a type that holds handles must be declared `resource`"
    111 Error TOO_LARGE "a struct can have at most 65,535 bytes inline"
    112 Error SERVICE_MEMBER "the members of a service must be client ends"
    113 Error SERVICE_TRANSPORTS "the protocols of a service must all have the same transport"
    114 Error COMPOSE_MORE_OPEN "a protocol cannot compose one that is more open"
    115 Error FLEXIBLE_TWO_WAY "only an open protocol can have flexible two-way methods"
    116 Error FLEXIBLE_IN_CLOSED "a closed protocol can have strict methods and events only"
    117 Error HANDLE_TRANSPORT "this transport does not carry such a handle"
    118 Error ENDPOINT_TRANSPORT "this transport does not carry such an end"
    120 Error ATTRIBUTE_PLACE "this attribute cannot stand here"
    121 Error ATTRIBUTE_DEPRECATED "this attribute is out of use"
    122 Error ATTRIBUTE_TWICE "the same attribute is given twice"
    123 Error CANONICAL_ATTRIBUTE_TWICE "two attributes have the same name, apart from its style"
    124 Error NUMBER_IN_ATTRIBUTE "attributes of your own take strings and bools only"
    125 Error ARGUMENT_NAMED "the single argument of this attribute has no name"
    126 Error ARGUMENT_UNNAMED "the arguments of this attribute must be named"
    128 Error ARGUMENT_MISSING "this attribute needs an argument"
    129 Error ARGUMENT_UNKNOWN "this attribute has no such argument"
    130 Error ARGUMENT_TWICE "the same argument is given twice"
    131 Error CANONICAL_ARGUMENT_TWICE "two arguments have the same name, apart from its style"
    132 Error ARGUMENTS_NOT_ALLOWED "this attribute takes no arguments"
    133 Error ARGUMENT_NOT_LITERAL "this argument must be a literal"
    135 Error BAD_DISCOVERABLE_NAME "bad form of a discoverable protocol's name"
    141 Error ERROR_TYPE "this type cannot be the error of a method"
    142 Error UNKNOWN_TRANSPORT "there is no such transport"
    145 Warning ATTRIBUTE_MISTYPED "this attribute is not known, but nearly"
    146 Error BAD_GENERATED_NAME "this cannot be the name of a declaration"
    147 Error BARE_AVAILABLE "`@available` needs an argument"
    148 Error NOTE_ALONE "a note tells of a deprecation or an end"
    149 Error PLATFORM_PLACE "only a library has a platform"
    150 Error LIBRARY_NOT_ADDED "a library must say when it was added"
    151 Error LIBRARY_NOT_AVAILABLE "only in a library with versions can an element have them"
    152 Error BAD_PLATFORM "bad form of a platform's name"
    153 Error BAD_VERSION "this is not a version"
    154 Error VERSION_ORDER "an element is added, then deprecated, then removed or replaced"
    155 Error OUTSIDE_PARENT "an element must stay within the versions of what it stands in"
    156 Error CANNOT_BE_OPTIONAL "this type cannot be optional"
    157 Error NOT_A_PROTOCOL "an endpoint must name a protocol"
    158 Error BOUND_TWICE "the same property of a type is constrained twice"
    159 Error OPTIONAL_STRUCT "a struct cannot be optional by itself"
    160 Error OPTIONAL_TWICE "a type is made optional twice"
    161 Error EMPTY_ARRAY "an array must have at least one element"
    162 Error PARAMETER_COUNT "wrong number of type parameters"
    163 Error CONSTRAINTS_TWICE "a type has two lists of constraints"
    164 Error TOO_MANY_CONSTRAINTS "more constraints than this type takes"
    165 Error EXPECTED_TYPE "a type is expected here"
    166 Error CONSTRAINT_KIND "this is not a constraint of the type"
    167 Error HANDLE_TWICE "a handle is constrained twice"
    168 Error PROTOCOL_MISSING "an endpoint needs a protocol"
    169 Error OPTIONAL_BOX "a box is optional already"
    171 Error BOX_OF_OPTIONAL "this type needs no box to be optional"
    172 Error RESOURCE_TYPE "a resource definition must be over `uint32`"
    173 Error NO_SUBTYPE "a resource definition needs a property `subtype`"
    175 Error SUBTYPE_PROPERTY "the property `subtype` must be an enum"
    177 Error RIGHTS_PROPERTY "the property `rights` must be `uint32` or bits over it"
    178 Error UNUSED_IMPORT "an import is not used"
    179 Error CONSTRAINED_NEW_TYPE "a new type takes no constraints"
    180 Error EXPERIMENTAL_TYPE "this type needs a feature that is not turned on"
    181 Error REFERENCE_ON_LIBRARY "an attribute on the library cannot refer to constants"
    184 Error CONTROL_CHARACTER "a control character stands in a string"
    185 Error ESCAPE_WITHOUT_BRACE "a Unicode escape needs braces"
    186 Error ESCAPE_NOT_CLOSED "a Unicode escape is not closed"
    187 Error EMPTY_ESCAPE "a Unicode escape is empty"
    188 Error LONG_ESCAPE "a Unicode escape has more than six digits"
    189 Error ESCAPE_RANGE "there is no such character"
    193 Error BOX_OF_OTHER "only structs can be boxed"
    197 Error OVERLAY_NOT_STRICT "an overlay must be strict"
    198 Error OVERLAY_RESOURCE "an overlay cannot be a resource"
    199 Error OVERLAY_HOLDS_RESOURCE "an overlay cannot hold handles"
    201 Error PLATFORM_NOT_SELECTED "no version is selected for this platform"
    203 Error REMOVED_AND_REPLACED "an element cannot be both removed and replaced"
    204 Error LIBRARY_REPLACED "a library cannot be replaced"
    205 Error REMOVED_BUT_REPLACED "a removed element has a replacement"
    206 Error REPLACEMENT_MISSING "a replaced element has no replacement"
    207 Error SIZE_OVERFLOW "the size of this type does not fit into 32 bits"
    208 Error RESERVED_PLATFORM "the name of this platform is reserved"
    209 Error RESERVED_MEMBER "reserved members are no longer part of the language"
    210 Error BAD_LOCATIONS "bad form of a list of locations"
    211 Error RENAMED_PLACE "only members can be renamed"
    212 Error RENAMED_ALONE "only what is replaced or removed can be renamed"
    213 Error RENAMED_TO_ITSELF "an element cannot be renamed to its own name"
    214 Error RENAMED_EXISTS "a removed element has a replacement of the name that is given"
    215 Error RENAMED_MISSING "a replaced element has no replacement of the name that is given"
    216 Error ABI_REUSED "what a removed element had on the wire is used again"
    217 Error ABI_CHANGED "a replacement differs on the wire"
    218 Error MODIFIER_ARGUMENT "a modifier can be added and removed only"
    219 Error STRICTNESS_CHANGES "a two-way method without an error type cannot change its strictness"
    220 Error NAME_NOT_ALWAYS "this name does not exist in every version in which it is needed"
    221 Error RESOURCE_UNDER_NO_RESOURCE "a protocol marked `@no_resource` declares a resource"
    222 Error NO_RESOURCE_OFF "`@no_resource` needs a feature that is not turned on"
    223 Error COMPOSE_RESOURCE "a protocol marked `@no_resource` composes one that is not"
    1001 Error TOO_DEEP "this is nested too deeply"
    1002 Error NOT_UTF8 "the file is not UTF-8 text"
    1003 Error TOO_MANY_METHODS "protocols compose too many methods"
    1010 Error TOO_MANY_VERSIONS "the sources differ in too many versions"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].number < pair[1].number));
    }
}
