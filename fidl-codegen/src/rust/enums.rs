//! Enums and bits.

use std::fmt::Write;

use proc_macro2::TokenStream;
use quote::quote;

use super::facts::Names;
use super::text::{Module, doc_text, docs};
use super::types::{native, one_line, wire_primitive};
use super::{consts, names};
use crate::ir::{Bits, Decl, Enum, Primitive};

pub(super) fn emit_enum(names: &Names, decl: &Decl, layout: &Enum, module: &mut Module) {
    let name = &names.value;
    let docs = docs(&decl.element, &format!("The enum `{}`.", decl.element.name));
    let raw = native(layout.underlying);
    let variants = variants(layout);
    let unknown = unknown_variant(layout).map(|(unknown, _)| {
        quote! {
            #[doc = " A value that this schema does not know, from a newer peer."]
            #unknown(#raw),
        }
    });
    let functions = functions(layout, &raw);
    module.items(quote! {
        #docs
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum #name { #variants #unknown }
        impl #name { #functions }
    });
    module.text(wire_value(names, layout.underlying, "UnknownEnumValue", &legal_enum(layout)));
}

fn variants(layout: &Enum) -> TokenStream {
    let variants = layout.members.iter().map(|member| {
        let docs = docs(&member.element, &format!("`{}` = {}.", member.element.name, member.value));
        let name = names::ident(&names::camel(&member.element.name));
        quote! { #docs #name, }
    });
    quote! { #(#variants)* }
}

/// The variant for values that the schema does not know, of flexible enums, and its name as text.
fn unknown_variant(layout: &Enum) -> Option<(proc_macro2::Ident, String)> {
    if layout.strict {
        return None;
    }
    let name = names::unknown_variant(layout.members.iter().map(|member| member.element.name.as_str()));
    Some((names::ident(&name), name))
}

fn functions(layout: &Enum, raw: &TokenStream) -> TokenStream {
    let names: Vec<_> =
        layout.members.iter().map(|member| names::ident(&names::camel(&member.element.name))).collect();
    let values: Vec<_> = layout.members.iter().map(|member| consts::integer(member.value)).collect();
    let into_raw = match unknown_variant(layout) {
        Some((unknown, _)) => quote! { #(Self::#names => #values,)* Self::#unknown(raw) => raw },
        None => quote! { #(Self::#names => #values,)* },
    };
    let from_raw = from_raw(layout, raw, &names, &values);
    let into_raw = match unknown_variant(layout) {
        // There is nothing to distinguish.
        Some((unknown, _)) if names.is_empty() => quote! { let Self::#unknown(raw) = self; raw },
        _ => quote! { match self { #into_raw } },
    };
    quote! {
        #from_raw
        #[doc = " The number that stands for the value."]
        pub const fn into_raw(self) -> #raw {
            #into_raw
        }
    }
}

fn from_raw(
    layout: &Enum,
    raw: &TokenStream,
    names: &[proc_macro2::Ident],
    values: &[TokenStream],
) -> TokenStream {
    if let Some((unknown, _)) = unknown_variant(layout) {
        let marked =
            layout.members.iter().zip(names).filter(|(member, _)| member.unknown).map(|(_, name)| name);
        let value = match names {
            [] => quote! { Self::#unknown(raw) },
            _ => quote! { match raw { #(#values => Self::#names,)* raw => Self::#unknown(raw) } },
        };
        return quote! {
            #[doc = " The value that a number stands for."]
            pub const fn from_raw(raw: #raw) -> Self {
                #value
            }
            #[doc = " Whether the schema does not know the value."]
            pub const fn is_unknown(self) -> bool {
                matches!(self, Self::#unknown(_) #(| Self::#marked)*)
            }
            #[doc(hidden)]
            pub const fn from_wire(raw: #raw) -> Self {
                Self::from_raw(raw)
            }
        };
    }
    let (last, others) = names.split_last().expect("a strict enum has members");
    let other_values = &values[..others.len()];
    let (argument, value) = match others {
        [] => (quote!(_), quote! { Self::#last }),
        _ => (quote!(raw), quote! { match raw { #(#other_values => Self::#others,)* _ => Self::#last } }),
    };
    quote! {
        #[doc = " The value that a number stands for; `None` if there is none."]
        pub const fn from_raw(raw: #raw) -> Option<Self> {
            match raw { #(#values => Some(Self::#names),)* _ => None }
        }
        // A validated message holds members alone; whatever else comes is read as the last one.
        #[doc(hidden)]
        pub const fn from_wire(#argument: #raw) -> Self {
            #value
        }
    }
}

fn legal_enum(layout: &Enum) -> String {
    if !layout.strict {
        return "|_raw| true".to_owned();
    }
    let values: Vec<_> = layout.members.iter().map(|member| member.value.to_string()).collect();
    format!("|raw| matches!(raw, {})", values.join(" | "))
}

fn wire_value(names: &Names, underlying: Primitive, rule: &str, legal: &str) -> String {
    let (name, form) = (&names.value, &names.wire);
    let (wire, raw) = (one_line(&wire_primitive(underlying)), one_line(&native(underlying)));
    format!(
        "::fidl::wire_value! {{\n    /// [`{name}`] on the wire.\n    pub {form}: {wire} as {raw} => {name}, {rule}, {legal}\n}}\n"
    )
}

pub(super) fn emit_bits(names: &Names, decl: &Decl, bits: &Bits, module: &mut Module) {
    let name = &names.value;
    let raw = one_line(&native(bits.underlying));
    let mut text = "::fidl::generated::bitflags! {\n".to_owned();
    text += &doc_text(&decl.element, &format!("The bits `{}`.", decl.element.name), "    ");
    let _ = writeln!(text, "    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]");
    let _ = writeln!(text, "    pub struct {name}: {raw} {{");
    for member in &bits.members {
        text += &doc_text(&member.element, &format!("`{}`.", member.element.name), "        ");
        let _ =
            writeln!(text, "        const {} = {:#x};", names::screaming(&member.element.name), member.value);
    }
    if !bits.strict {
        text += "        // Other bits are kept: the bits are flexible.\n        const _ = !0;\n";
    }
    text += "    }\n}\n";
    module.text(text);
    let raw = native(bits.underlying);
    module.items(quote! {
        impl #name {
            #[doc(hidden)]
            pub const fn from_wire(raw: #raw) -> Self {
                Self::from_bits_retain(raw)
            }
            #[doc(hidden)]
            pub const fn into_raw(self) -> #raw {
                self.bits()
            }
        }
    });
    let legal =
        if bits.strict { format!("|raw| raw & !{:#x} == 0", bits.mask) } else { "|_raw| true".to_owned() };
    module.text(wire_value(names, bits.underlying, "UnknownBits", &legal));
}
