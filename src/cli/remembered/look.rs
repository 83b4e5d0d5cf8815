//! What stands in the way of the index, for `git qms doctor`.

use std::path::PathBuf;

use super::memory::{PROGRAM, State};
use super::{Context, key};
use crate::store::IndexLook;

/// What the index is like.
pub enum Health {
    /// It helps, or there is nothing yet that it would help with.
    Well(String),
    /// It is somebody's wish that there is none.
    Off,
    /// It does not help: each command verifies everything.
    Useless(String),
    /// The key that authenticates it can be read by others, or is no key.
    Key(PathBuf, String),
}

impl Context {
    /// Looks at the index, and changes nothing.
    pub fn look_at_index(&self) -> Health {
        if self.repo.config("qms.index").as_deref() == Some("false") {
            return Health::Off;
        }
        let key = match key::look(&self.environment, &self.repo) {
            key::Look::Sound(key) => key,
            key::Look::Absent => return Health::Well("there is none yet".to_owned()),
            key::Look::Nowhere(why) => return Health::Useless(why),
            key::Look::Unfit(file, why) => return Health::Key(file, why),
        };
        let index = self.repo.index(key);
        let file = index.file().display();
        match index.look() {
            IndexLook::Absent => Health::Well("there is none: this ledger is verified anew each time".to_owned()),
            IndexLook::Busy => Health::Well("another command is writing it".to_owned()),
            IndexLook::NoFile => Health::Useless(format!("{file} is no file, so it is never opened")),
            IndexLook::Damaged(reason) => Health::Useless(format!("{file} cannot be used: {reason}")),
            IndexLook::Foreign => Health::Useless(format!(
                "{file} was not made here with this user's key: the repository was moved or copied, or somebody altered it"
            )),
            IndexLook::Sound { text } => match serde_json::from_slice::<State>(&text) {
                Ok(state) if state.program == PROGRAM => {
                    Health::Well(format!("{} records are remembered as verified", state.summary.counts.valid))
                }
                _ => Health::Well("it is of another version of git-qms, and made anew by the next command".to_owned()),
            },
        }
    }

    /// Takes the index away, and a key that is unfit: both are made anew when they are needed.
    pub fn discard_index(&self) -> Vec<PathBuf> {
        let mut gone = Vec::new();
        match key::look(&self.environment, &self.repo) {
            key::Look::Sound(key) => {
                let index = self.repo.index(key);
                index.discard();
                gone.push(index.file().to_owned());
            }
            key::Look::Unfit(file, _) => {
                // Whoever has read the key may have written the index.
                self.repo.index([0; 32]).discard();
                gone.extend(std::fs::remove_file(&file).is_ok().then_some(file));
            }
            key::Look::Absent | key::Look::Nowhere(_) => {}
        }
        gone
    }
}
