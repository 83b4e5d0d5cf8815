//! The table of records: one row each, with what every kind has in common and what its own kind says.

use super::claims;
use super::{Cell, Column, Source, Table, Type};
use crate::record::{Name, Record};
use crate::report::timing::Timing;
use crate::verify::Verified;

pub(super) const TABLE: Table =
    Table { name: "records", doc: "A record that counts, with what is said about it.", columns, rows };

/// A column, and how a record fills it.
pub(super) struct Field {
    pub(super) column: Column,
    pub(super) of: fn(&Source<'_>, &Verified<Record>) -> Cell,
}

pub(super) const fn field(
    name: &'static str,
    kind: Type,
    doc: &'static str,
    of: fn(&Source<'_>, &Verified<Record>) -> Cell,
) -> Field {
    Field { column: Column { name, kind, doc }, of }
}

/// What every kind has in common.
const COMMON: &[Field] = &[
    field("project", Type::Text, "SHA-256 of the first trust version: names the project", |_, record| {
        Cell::text(record.header.project)
    }),
    field("record_id", Type::Text, "SHA-256 of what was signed", |_, record| Cell::text(record.id)),
    field("project_name", Type::Text, "Its name in the newest trust version", |source, _| {
        Cell::text(&source.ledger.chain().newest().version.name)
    }),
    field("kind", Type::Text, "Its kind", |_, record| Cell::text(record.header.kind)),
    field("stage", Type::Text, "The stage of its kind, if it has one", |_, record| Cell::said(record.header.stage)),
    field("predicate_type", Type::Text, "The in-toto type it is written under", |_, record| {
        Cell::text(record.header.kind.predicate_type())
    }),
    field("commit_id", Type::Text, "The commit it speaks about", |_, record| Cell::text(record.commit)),
    field("tree_id", Type::Text, "The tree of that commit", |_, record| Cell::text(record.header.tree)),
    field("recorder", Type::Text, "The member who signed", |_, record| Cell::text(&record.header.recorder)),
    field(
        "recorder_name",
        Type::Text,
        "The printed name, by the newest trust version that has the member",
        |source, record| {
            let mut links = source.ledger.chain().links().iter().rev();
            Cell::said(links.find_map(|link| link.version.member(&record.header.recorder)).map(|member| &member.name))
        },
    ),
    field("key_fingerprint", Type::Text, "The key that signed", |_, record| Cell::text(record.seal().key)),
    field("trust_digest", Type::Text, "The trust version it was signed under", |_, record| {
        Cell::text(record.header.trust)
    }),
    field("ledger_head", Type::Text, "The ledger's tip it was signed over", |_, record| {
        Cell::said(record.header.ledger)
    }),
    field("line_digest", Type::Text, "SHA-256 of its line in the note", |_, record| Cell::text(record.seal().line)),
    field("recorded_at", Type::Time, "When it was recorded, by the signer's word", |_, record| {
        Cell::time(record.header.recorded)
    }),
    field("started_at", Type::Time, "When what it tells of began", |_, record| {
        Cell::time(record.header.occurred.start)
    }),
    field("ended_at", Type::Time, "When it ended", |_, record| Cell::time(record.header.occurred.end)),
    field("service", Type::Text, "The service", |_, record| name(record.header.service.as_ref())),
    field("environment", Type::Text, "The environment", |_, record| name(record.header.environment.as_ref())),
    field("release_tag", Type::Text, "The release", |_, record| Cell::said(record.header.release.as_ref())),
    field("change_id", Type::Text, "The change", |_, record| Cell::said(record.header.change.as_ref())),
    field("is_dirty", Type::Boolean, "Whether the work tree was not the commit", |_, record| {
        Cell::Boolean(record.header.dirty)
    }),
    field("source_system", Type::Text, "The automation that recorded", |_, record| {
        Cell::said(record.header.source.as_ref().map(|source| &source.system))
    }),
    field("source_run", Type::Text, "Its run", |_, record| {
        Cell::said(record.header.source.as_ref().and_then(|source| source.run.as_ref()))
    }),
    field("source_url", Type::Text, "Where the run can be looked at", |_, record| {
        Cell::said(record.header.source.as_ref().and_then(|source| source.url.as_ref()))
    }),
    field("source_actor", Type::Text, "Who started it, by the system's word", |_, record| {
        Cell::said(record.header.source.as_ref().and_then(|source| source.actor.as_ref()))
    }),
    field("supersedes", Type::Text, "The record that it corrects", |_, record| {
        Cell::said(record.header.supersedes.as_ref().map(|one| one.record))
    }),
    field("supersedes_reason", Type::Text, "Why", |_, record| {
        Cell::said(record.header.supersedes.as_ref().map(|one| &one.reason))
    }),
    field(
        "superseded_by",
        Type::Text,
        "The record that corrects it: then it no longer counts for gates",
        |source, record| Cell::said(source.ledger.superseded_by(record.id)),
    ),
    field("timing", Type::Text, "late or clock-fault, where its times are odd", |source, record| {
        Cell::said(Timing::of(record, source.deadlines).map(Timing::as_str))
    }),
    field(
        "verification",
        Type::Text,
        "verified, or orphaned where nothing reaches its commit any more",
        |_, record| Cell::text(if record.seal().orphaned { "orphaned" } else { "verified" }),
    ),
    field("summary", Type::Text, "It in a line", |_, record| Cell::text(record.summary())),
];

fn name(name: Option<&Name>) -> Cell {
    Cell::said(name)
}

fn fields() -> impl Iterator<Item = &'static Field> {
    COMMON.iter().chain(claims::fields())
}

fn columns() -> Vec<Column> {
    fields().map(|field| field.column).collect()
}

fn rows(source: &Source<'_>, record: &Verified<Record>) -> Vec<Vec<Cell>> {
    vec![fields().map(|field| (field.of)(source, record)).collect()]
}
