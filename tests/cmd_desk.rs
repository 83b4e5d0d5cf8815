//! What one meets at the desk: status, doctor, demo, completions, man pages, schemas, colour, JSON and the pager.

#![cfg(feature = "cli")]

#[path = "support/desk.rs"]
mod desk;

#[path = "cmd_desk/speech.rs"]
mod speech;

#[path = "cmd_desk/status.rs"]
mod status;

#[path = "cmd_desk/doctor.rs"]
mod doctor;

#[path = "cmd_desk/ailing.rs"]
mod ailing;

#[path = "cmd_desk/shells.rs"]
mod shells;

#[path = "cmd_desk/jobs.rs"]
mod jobs;

#[path = "cmd_desk/demo.rs"]
mod demo;
