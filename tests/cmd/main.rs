//! The program as its users run it: real processes, real repositories, and what they say.

#[path = "../support/project.rs"]
mod project;

mod answering;
mod approving;
mod auditing;
mod attaching;
mod backtesting;
mod casing;
mod correcting;
mod covering;
mod deploying;
mod dirt;
mod duties;
mod governing;
mod excepting;
mod finding;
mod incidents;
mod gathering;
mod judging;
mod many;
mod measuring;
mod meeting;
mod names;
mod pipelines;
mod policy;
mod recording;
mod recounting;
mod regulated;
mod rehearsing;
mod retroactive;
mod releasing;
mod replaying;
mod rolling_back;
mod saying;
mod scanning;
mod secrets;
mod showing;
mod starting;
mod stories;
mod stdin;
mod text;
mod tiers;
mod tracing;
mod times;
mod verdicts;
