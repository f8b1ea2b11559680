#!/bin/sh
# The manual page has every option that the program has, and no other.
#   manual.sh TIDEGATE PAGE
set -eu
tidegate=$1
page=$2
status=0

options_of() { "$tidegate" "$@" --help | grep -oE -- '--[a-z][a-z-]+' | sort -u; }

has=$(
    "$tidegate" --help | grep -oE -- '--[a-z][a-z-]+' || true
    for command in replay why parse check-config drill detect serve setup audit top allow deny lift watch servers listeners password-changed deeds forget backup alert report; do options_of "$command"; done
    for act in drain quarantine back what-if; do options_of servers "$act"; done
    for act in test list ack who; do options_of alert "$act"; done
    for act in list show say close export cases case public open update approve hold promise check support postmortem; do
        options_of incident "$act"
    done
    for act in list announce begin extend done call-off; do options_of work "$act"; done
)
has=$(echo "$has" | sort -u)
[ "$(echo "$has" | wc -l)" -ge 10 ] || {
    echo "only these options were found: $has"
    exit 1
}
told=$(grep -E '^\.It .*Fl' "$page" | grep -oE 'Fl -[a-z][a-z-]+' | sed 's/^Fl -/--/' | sort -u)

for option in $has; do
    echo "$told" | grep -qx -e "$option" || {
        echo "$page: $option is missing"
        status=1
    }
done
for option in $told; do
    echo "$has" | grep -qx -e "$option" || {
        echo "$page: there is no option $option"
        status=1
    }
done
exit $status
