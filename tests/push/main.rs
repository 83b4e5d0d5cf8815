//! The pre-push hook, by real pushes of stock git to a bare repository.

#[path = "../support/forge.rs"]
mod forge;
mod installing;
mod managers;
mod receiving;
mod refusing;
#[path = "../support/workshop.rs"]
mod workshop;

use workshop::{Run, Workshop};

impl Workshop {
    /// Pushes with stock git, from the repository.
    fn push(&self, args: &[&str]) -> Run {
        self.git_in(&self.repo(), &[&["push", "-q", "origin"], args].concat())
    }

    /// Every reference of the origin.
    fn remote(&self) -> String {
        self.git_in(&self.path("origin.git"), &["for-each-ref"]).ok().text()
    }

    /// The push has to be refused by the hook, for this reason, and nothing may have moved.
    #[track_caller]
    fn refuses(&self, args: &[&str], reason: &str) {
        let before = self.remote();
        let run = self.push(args);
        assert_ne!(run.code, 0, "{}", run.err);
        run.says("git-qms refuses the push; nothing was sent").says(reason);
        assert_eq!(self.remote(), before);
    }
}
