#!/bin/sh
# Every page opens with a title, and no two have the same.
# usage: titles.sh PAGES
titles=$(for page in "$1"/*.txt; do
    title=$(head -n 1 "$page")
    [ -n "$title" ] || { echo "$page has no title" >&2; exit 1; }
    echo "$title"
done) || exit 1
twice=$(echo "$titles" | sort | uniq -d)
[ -z "$twice" ] || { echo "two pages are called: $twice" >&2; exit 1; }
echo "$titles"
