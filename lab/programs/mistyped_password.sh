#!/bin/sh
# SSH_ASKPASS of a person who mistypes: the first LAB_MISTAKES answers are wrong, then comes LAB_PASSWORD.
# Takes a moment for each answer, as hands do. LAB_TRIES is a file that counts the answers.
sleep "$(awk 'BEGIN { srand(); print 0.8 + 2 * rand() }')"
echo x >> "$LAB_TRIES"
if [ "$(wc -l < "$LAB_TRIES")" -le "${LAB_MISTAKES:-1}" ]; then
    echo "${LAB_PASSWORD}q"
else
    echo "$LAB_PASSWORD"
fi
