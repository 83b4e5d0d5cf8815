#!/bin/sh
# One job of a pipeline: bring the evidence, record, send it, ask the gate, leave a comment. In any POSIX shell, by variables:
#
#   QMS_SIGNING_KEY   the pipeline's key: a file, or its text from a secret
#   QMS_RECORD        what to record, one command of `git qms record` a line:  test --from junit.xml
#   QMS_GATE          options of the gate:  --environment production;  "no" asks none
#   QMS_REPORTS       files of the gate's answer, one a line:  junit=gate.xml
#   QMS_COMMENT       "no" leaves none; else the pull or merge request gets one, which later runs replace
#   QMS_COMMENT_TOKEN GitLab: a token that may write comments (scope api). GitHub: GH_TOKEN, as gh wants it
#   QMS_REMOTE        the remote to exchange evidence with: origin;  "no" exchanges none
#
# Ends as the gate does: 0 passes, 1 fails, 2 could not tell. Anything else that fails ends it with 2.
set -u
remote=${QMS_REMOTE:-origin}
comment=${TMPDIR:-/tmp}/git-qms-comment.$$.md
trap 'rm -f "$comment"' EXIT

broken() {
    echo "git-qms: $*" >&2
    exit 2
}

git qms --version >/dev/null || broken "git-qms is not on PATH: install the package, or cargo install git-qms --locked"

# A shallow checkout is never a pass.
if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
    git fetch --quiet --unshallow "$remote" || broken "the checkout is shallow: fetch-depth: 0 (GitHub), GIT_DEPTH: 0 (GitLab)"
fi
exchange() {
    [ "$remote" != no ] || return 0
    git qms sync "$remote" --quiet "$@"
    case $? in 0) ;; 1) exit 1 ;; *) broken "no evidence was exchanged with $remote" ;; esac
}
exchange --fetch-only

# Words of a line may be quoted, as for xargs.
if [ -n "${QMS_RECORD:-}" ]; then
    printf '%s\n' "$QMS_RECORD" | while IFS= read -r line; do
        case $line in *[!\ ]*) ;; *) continue ;; esac
        printf '%s\n' "$line" | xargs git qms record || exit 2
    done || broken "something was not recorded"
    exchange
fi

[ "${QMS_GATE:-}" != no ] || exit 0
format=text
[ -z "${GITHUB_ACTIONS:-}" ] || format=github
set -- --format "$format" --report "markdown=$comment"
for report in ${QMS_REPORTS:-}; do set -- "$@" --report "$report"; done
# shellcheck disable=SC2086 # options, in words
git qms gate "$@" ${QMS_GATE:-}
code=$?

# The comment: found again by the first line that the gate writes, and replaced.
on_github() {
    number=${GITHUB_REF#refs/pull/}
    comments=repos/$GITHUB_REPOSITORY/issues/${number%%/*}/comments
    marker=$(head -n 1 "$comment")
    id=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1) || return 1
    if [ -n "$id" ]; then
        gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$comment"
    else
        gh api --silent --method POST "$comments" --field "body=@$comment"
    fi
}

on_gitlab() {
    notes=$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes
    marker=$(head -n 1 "$comment")
    found=$(ask "$notes?per_page=100&order_by=created_at&sort=desc") || return 1
    id=$(printf '%s' "$found" | jq -r --arg marker "$marker" '[.[] | select(.body | startswith($marker)) | .id][0] // empty')
    if [ -n "$id" ]; then
        ask --request PUT --data-urlencode "body@$comment" "$notes/$id" >/dev/null
    else
        ask --request POST --data-urlencode "body@$comment" "$notes" >/dev/null
    fi
}

# The token goes by standard input: arguments are seen by every process of the machine.
ask() {
    printf 'header = "PRIVATE-TOKEN: %s"\n' "$QMS_COMMENT_TOKEN" | curl --fail --silent --show-error --config - "$@"
}

if [ -s "$comment" ] && [ "${QMS_COMMENT:-}" != no ]; then
    case ${GITHUB_REF:-} in
    refs/pull/*) on_github || echo "git-qms: no comment was left: gh needs GH_TOKEN and pull-requests: write" >&2 ;;
    esac
    if [ -n "${CI_MERGE_REQUEST_IID:-}" ] && [ -n "${QMS_COMMENT_TOKEN:-}" ]; then
        on_gitlab || echo "git-qms: no comment was left: curl, jq and a token of scope api are needed" >&2
    fi
fi
exit "$code"
