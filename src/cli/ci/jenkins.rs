//! Jenkins. Source: <https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables>, for multibranch
//! projects the list that every Jenkins shows at `/env-vars.html`, for the actor
//! <https://plugins.jenkins.io/build-user-vars-plugin/>.

use super::{Run, System, first_ref, text, url};
use crate::cli::environment::Environment;

pub(super) const SYSTEM: System = System {
    name: "jenkins",
    is_here: |environment| environment.get("JENKINS_URL").is_some() && environment.get("BUILD_NUMBER").is_some(),
    run,
    builder: |environment| url(environment, "JENKINS_URL"),
};

fn run(environment: &Environment) -> Run {
    Run {
        // jenkins-JOB-NUMBER; BUILD_ID is the number alone, of whichever job.
        id: text(environment, "BUILD_TAG").or_else(|| text(environment, "BUILD_ID")),
        url: url(environment, "BUILD_URL"),
        actor: text(environment, "BUILD_USER_ID"),
        git_ref: first_ref(
            environment,
            // GIT_BRANCH of the git plugin names the remote, too: origin/main.
            &[("TAG_NAME", "refs/tags/"), ("CHANGE_ID", "pull/"), ("BRANCH_NAME", "refs/heads/"), ("GIT_BRANCH", "")],
        ),
    }
}
