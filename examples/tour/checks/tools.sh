#!/bin/sh
# What the tasks need, each named when it is missing.
missing=0
for tool in cargo tar wc cksum; do
    if command -v "$tool" >/dev/null 2>&1; then
        echo "found $tool"
    else
        echo "missing: $tool" >&2
        missing=1
    fi
done
exit "$missing"
