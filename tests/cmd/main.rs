//! The program as its users run it: real processes, real repositories, and what they say.

#[path = "../support/project.rs"]
mod project;

mod starting;
