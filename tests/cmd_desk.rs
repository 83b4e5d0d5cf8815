
#![cfg(feature = "cli")]

#[path = "support/desk.rs"]
mod desk;

#[path = "cmd_desk/status.rs"]
mod status;
