//! Owned types whose bounds are not the schema's: what fits is kept and can be sent, what does not is said.

mod codec;

use codec::{decode, encode};
use fidl::generated::TooLong;
use fidl::wire::{Encode, Wire};

mod schema {
    fidl::include_schema!("test_owned");
}
use schema::test_owned::*;

const NOTE: Note<'_> = Note { text: "8 bytes!", lines: &["a", "bcde"], more: Some("abc") };

/// Makes an owned value of a value's message, and the same bytes of that.
fn keep<W: Wire, T>(
    value: impl Encode<W>,
    own: impl FnOnce(W::View<'_>) -> Result<T, TooLong>,
) -> Result<T, TooLong>
where
    for<'t> &'t T: Encode<W>,
{
    let sent = encode::<W>(value).expect("a value that can be sent").bytes;
    let kept = decode::<W, _>(&sent, &[], own).expect("a message")?;
    assert_eq!(encode::<W>(&kept).expect("what is kept can be sent").bytes, sent);
    Ok(kept)
}

fn album(value: Album<'_>) -> Result<AlbumOwned, TooLong> {
    keep::<AlbumWire, AlbumOwned>(value, |view| view.try_into())
}

fn too_long<T>(member: &'static str, bound: usize) -> Result<T, TooLong> {
    Err(TooLong { member, bound })
}

#[test]
fn what_fits_is_kept() {
    let note = keep::<NoteWire, NoteOwned>(NOTE, |view| view.try_into()).unwrap();
    assert_eq!((note.text.as_str(), note.lines.len(), note.more.as_deref()), ("8 bytes!", 2, Some("abc")));
    let kept = album(
        Album::new()
            .title("12345")
            .notes(&[NOTE, NOTE])
            .pair([NOTE, Note { more: None, ..NOTE }])
            .choice(Choice::Boxed(Boxed { note: Some(&NOTE) }))
            .grid(&[&[1, 2], &[3]])
            .size(7),
    );
    let kept = kept.unwrap();
    assert_eq!((kept.title.as_deref(), kept.notes.unwrap().len(), kept.size), (Some("12345"), 2, Some(7)));
    assert!(matches!(kept.choice, Some(ChoiceOwned::Boxed(BoxedOwned { note: Some(_) }))));
    assert_eq!(album(Album::new()), Ok(AlbumOwned::default()));
    assert_eq!(
        album(Album::new().choice(Choice::Text("four"))).map(|album| album.choice.is_some()),
        Ok(true)
    );
}

#[test]
fn what_does_not_fit_is_said() {
    let keep_note = |note| keep::<NoteWire, NoteOwned>(note, |view| view.try_into()).map(|_| ());
    assert_eq!(keep_note(Note { text: "9 bytes!!", ..NOTE }), too_long("text", 8));
    assert_eq!(keep_note(Note { lines: &["a", "b", "c"], ..NOTE }), too_long("lines", 2));
    assert_eq!(keep_note(Note { more: Some("abcd"), ..NOTE }), too_long("more", 3));
    assert_eq!(album(Album::new().title("123456")), too_long("title", 5));
    // The outermost member is named, and the bound that was broken.
    let long = Note { text: "9 bytes!!", ..NOTE };
    assert_eq!(album(Album::new().notes(&[NOTE, long])), too_long("notes", 8));
    assert_eq!(album(Album::new().pair([long, NOTE])), too_long("pair", 8));
    assert_eq!(album(Album::new().choice(Choice::Text("12345"))), too_long("choice", 4));
    assert_eq!(album(Album::new().choice(Choice::Note(long))), too_long("choice", 8));
    assert_eq!(album(Album::new().choice(Choice::Boxed(Boxed { note: Some(&long) }))), too_long("choice", 8));
    assert_eq!(album(Album::new().grid(&[&[1, 2, 3]])), too_long("grid", 2));
    assert_eq!(album(Album::new().grid(&[&[], &[], &[]])), too_long("grid", 2));
    assert_eq!(
        TooLong { member: "text", bound: 8 }.to_string(),
        "`text` is longer than the 8 that there is room for"
    );
}
