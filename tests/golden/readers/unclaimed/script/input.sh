#!/usr/bin/env bash
# Fetches the morning file and puts it where the desk looks for it.
curl --silent --output /srv/wire/morning.xml https://feed.example.org/morning.xml
