//! A release: one signed annotated tag that reads as release notes and ends with a manifest.

pub mod check;
pub mod manifest;
pub mod message;
pub mod name;
pub mod rollback;
pub mod tag;
pub mod whose;

pub use check::{ReleaseTag, check_releases, contents, releases};
pub use manifest::Manifest;
pub use message::{MessageError, Notes, forged_line};
pub use name::{NameTemplate, TemplateError};
pub use tag::{TagError, TagObject};
pub use whose::judged_by;
