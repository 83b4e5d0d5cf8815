//! What `--from` and `--suite` name, in the order of the command line: a type of suite is that of the reports
//! after it.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::record::Name;

/// Files, folders and patterns, each with the type of suite that its test reports are of.
#[derive(Debug)]
pub struct Given {
    /// In the order of the command line.
    pub sources: Vec<(Name, PathBuf)>,
}

/// A type of suite that is not said.
const DEFAULT: &str = "unit";

impl clap::Args for Given {
    fn augment_args(command: Command) -> Command {
        let from = Arg::new("from")
            .long("from")
            .value_name("REPORT")
            .help("A report, a folder of reports, or a quoted pattern such as '**/TEST-*.xml'; repeat for more")
            .value_parser(value_parser!(PathBuf))
            .action(ArgAction::Append)
            .num_args(1..)
            .required_unless_present("stdin")
            .conflicts_with("stdin");
        let suite = Arg::new("suite")
            .long("suite")
            .value_name("TYPE")
            .help("The type of suite of the reports after it: unit, integration, contract, regression, or another name [default: unit]")
            .value_parser(value_parser!(Name))
            .action(ArgAction::Append)
            .conflicts_with("stdin");
        command.arg(from).arg(suite)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for Given {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        fn all<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, name: &str) -> Vec<(usize, T)> {
            let places = matches.indices_of(name).into_iter().flatten();
            places.zip(matches.get_many::<T>(name).into_iter().flatten().cloned()).collect()
        }
        let sources = pair(all(matches, "from"), &all(matches, "suite"));
        let sources = sources.map_err(|message| clap::Error::raw(ErrorKind::ArgumentConflict, message + "\n"))?;
        Ok(Self { sources })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Gives each source the type of suite that was named last before it. A sole one after all sources is theirs.
fn pair(sources: Vec<(usize, PathBuf)>, suites: &[(usize, Name)]) -> Result<Vec<(Name, PathBuf)>, String> {
    let unnamed = || DEFAULT.parse::<Name>().map_err(|error| error.to_string());
    let last = sources.last().map_or(0, |(at, _)| *at);
    if let [(at, name)] = suites
        && *at > last
    {
        return Ok(sources.into_iter().map(|(_, path)| (name.clone(), path)).collect());
    }
    for (number, (at, name)) in suites.iter().enumerate() {
        let next = suites.get(number + 1).map_or(usize::MAX, |(at, _)| *at);
        if !sources.iter().any(|(place, _)| (*at..next).contains(place)) {
            return Err(format!("--suite {name} names no report: put it before the --from of its reports"));
        }
    }
    let named = |(at, path)| {
        let suite = suites.iter().rev().find(|(place, _)| *place < at);
        Ok((suite.map_or_else(unnamed, |(_, name)| Ok(name.clone()))?, path))
    };
    sources.into_iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `s:` a suite, else a source.
    fn paired(words: &[&str]) -> Result<Vec<String>, String> {
        let (mut sources, mut suites) = (Vec::new(), Vec::new());
        for (at, word) in words.iter().enumerate() {
            match word.strip_prefix("s:") {
                Some(name) => suites.push((at, name.parse().expect("a name"))),
                None => sources.push((at, PathBuf::from(word))),
            }
        }
        let pairs = pair(sources, &suites)?;
        Ok(pairs.into_iter().map(|(name, path)| format!("{name}={}", path.display())).collect())
    }

    #[test]
    fn a_type_of_suite_is_that_of_the_reports_after_it() {
        assert_eq!(paired(&["a", "b"]).expect("pairs"), ["unit=a", "unit=b"]);
        assert_eq!(paired(&["s:x", "a", "b", "s:y", "c"]).expect("pairs"), ["x=a", "x=b", "y=c"]);
        assert_eq!(paired(&["a", "s:x", "b"]).expect("pairs"), ["unit=a", "x=b"]);
    }

    #[test]
    fn a_sole_type_after_all_reports_is_theirs() {
        assert_eq!(paired(&["a", "b", "s:x"]).expect("pairs"), ["x=a", "x=b"]);
    }

    #[test]
    fn a_type_without_reports_is_refused() {
        for words in [&["s:x", "a", "s:y"][..], &["s:x", "s:y", "a"]] {
            assert!(paired(words).expect_err("names nothing").contains("names no report"), "{words:?}");
        }
    }
}
