#!/usr/bin/env bash
# Lays out a CATALINA_BASE for FlowFi Events:
#
#   install.sh <unpacked Tomcat> <flowfi.war> <tomcat-conf> <folder>
#
# The application is unpacked, so Tomcat needs to write only to work, temp and logs: everything else may belong to root,
# or be read-only. An application that is there already is replaced; stop the server before.
set -euo pipefail

if [ $# -ne 4 ]; then
  sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
tomcat=$1 war=$(realpath "$2") conf=$3 base=$4

# Tomcat would make the folder of the host at its start
mkdir -p "$base"/{conf/Catalina/localhost,bin,webapps,work,temp,logs}
cp "$tomcat/conf/catalina.properties" "$conf"/*.xml "$conf"/*.properties "$base/conf/"
cp "$conf/setenv.sh" "$base/bin/"

# beside the old one until it is whole
rm -rf "$base/webapps/.new"
mkdir "$base/webapps/.new"
if command -v unzip >/dev/null; then
  unzip -q "$war" -d "$base/webapps/.new"
else
  (cd "$base/webapps/.new" && jar xf "$war")
fi
rm -rf "$base/webapps/ROOT" "$base/webapps/ROOT.war" "$base/work/Catalina"
mv "$base/webapps/.new" "$base/webapps/ROOT"
echo "CATALINA_HOME=$(realpath "$tomcat") CATALINA_BASE=$(realpath "$base")"
