#!/bin/sh
# Every [name] in a page is the name of a page.
# usage: links.sh PAGES
broken=0
for page in "$1"/*.txt; do
    for name in $(tr '\n' ' ' < "$page" | tr '[' '\n' | sed -n '2,$s/].*//p'); do
        [ -f "$1/$name.txt" ] && continue
        line=$(grep -n -F "[$name]" "$page" | cut -d : -f 1)
        echo "$page:$line: there is no page [$name]" >&2
        broken=1
    done
done
exit "$broken"
