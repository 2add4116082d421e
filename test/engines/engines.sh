#!/usr/bin/env bash
# Real engines to test against: starts and stops Docker 20.10, Docker 28.5 (both image stores),
# Podman and a registry. Needs root on Debian 12. Safe to run twice; stops only what it started.
#
#   engines.sh up [NAME…]      start these (default: all but docker-28-bench), write engines.json
#   engines.sh down [NAME…]    stop these (default: everything) and unmount; data is kept
#   engines.sh status
#
# IMAGEGRAPH_ENGINES_ROOT (default /var/lib/imagegraph-engines) holds everything but the packages.
set -euo pipefail

ROOT=${IMAGEGRAPH_ENGINES_ROOT:-/var/lib/imagegraph-engines}
TCP=127.0.0.1:${IMAGEGRAPH_ENGINES_TCP_PORT:-23750}
REGISTRY=127.0.0.1:5000
CHROOT=$ROOT/forky
ENGINES=$ROOT/engines
DEFAULTS=(registry docker-20 docker-28-containerd docker-28-graph podman-5)
ALL=("${DEFAULTS[@]}" docker-28-bench)

log() { echo "engines: $*" >&2; }
fail() { log "$*"; exit 1; }

source "$(dirname "${BASH_SOURCE[0]}")/chroot.sh"

# A pid file outlives a reboot and the pid may be someone else's by then: its command must name our folder.
alive() {
  local pid
  pid=$(cat "$ENGINES/$1/${2:-pid}" 2>/dev/null) && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$ENGINES/$1/"
}

# Own session, no stdin, and not the lock: the process survives the shell that ran `up`.
launch() {
  local folder=$ENGINES/$1
  shift
  rm -f "$folder/dockerd.pid" "$folder/engine.sock"
  setsid "$@" </dev/null >>"$folder/log" 2>&1 9>&- &
  echo $! >"$folder/pid"
  disown
}

answers() {
  case $1 in
    registry) curl -fsS -o /dev/null --max-time 2 "http://$REGISTRY/v2/" ;;
    *) curl -fsS -o /dev/null --max-time 2 --unix-socket "$ENGINES/$1/engine.sock" http://engine/version ;;
  esac 2>/dev/null
}

wait_for() {
  for _ in {1..300}; do
    # First of all time for the shell's child to become the engine: its command line tells them apart.
    sleep 0.2
    alive "$1" || return 1
    answers "$1" && return 0
  done
  return 1
}

# containerd store or graph driver is the daemon's choice, so each daemon has a file of its own.
write_daemon_json() {
  printf '{"features":{"containerd-snapshotter":%s},"bridge":"none","iptables":false,"ip6tables":false,"insecure-registries":["%s"]}\n' \
    "$2" "$REGISTRY" >"$ENGINES/$1/daemon.json"
}

# start_docker NAME DRIVERS COMMAND…: the first storage driver that works on this file system, and from then on
# that one only, or an engine that was killed would come back with another, empty store.
start_docker() {
  local name=$1 drivers=$2 driver folder=$ENGINES/$1
  shift 2
  if [[ -s $folder/driver ]]; then
    driver=$(cat "$folder/driver")
    drivers="$driver $driver"
  fi
  for driver in $drivers; do
    launch "$name" "$@" --config-file "$folder/daemon.json" --data-root "$folder/data" --exec-root "$folder/exec" \
      --pidfile "$folder/dockerd.pid" --storage-driver "$driver" -H "unix://$folder/engine.sock"
    if wait_for "$name"; then
      echo "$driver" >"$folder/driver"
      return 0
    fi
    log "$name does not start with $driver"
    stop "$name"
  done
  return 1
}

start_one() {
  local folder=$ENGINES/$1
  case $1 in
    registry)
      printf 'version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: %s\n  delete:\n    enabled: true\nhttp:\n  addr: %s\n' \
        "$folder/data" "$REGISTRY" >"$folder/config.yml"
      launch registry chroot "$CHROOT" docker-registry serve "$folder/config.yml"
      wait_for registry ;;
    docker-20)
      # 20.10 does not know the feature; the rest of the file is the same.
      write_daemon_json "$1" false
      start_docker "$1" "overlay2 vfs" /usr/sbin/dockerd -H "tcp://$TCP" ;;
    docker-28-graph)
      write_daemon_json "$1" false
      start_docker "$1" "overlay2 vfs" chroot "$CHROOT" dockerd ;;
    docker-28-*)
      write_daemon_json "$1" true
      start_docker "$1" "overlayfs native" chroot "$CHROOT" dockerd ;;
    podman-5)
      printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$REGISTRY" \
        >"$CHROOT/etc/containers/registries.conf.d/imagegraph.conf"
      launch "$1" chroot "$CHROOT" podman --root "$folder/data" --runroot "$folder/exec" \
        system service --time=0 "unix://$folder/engine.sock"
      wait_for "$1" ;;
  esac
}

start() {
  if alive "$1" && answers "$1"; then
    log "$1 is already up"
    return
  fi
  stop "$1"
  mkdir -p "$ENGINES/$1"
  log "starting $1"
  if ! start_one "$1"; then
    tail -n 15 "$ENGINES/$1/log" >&2 || true
    fail "$1 cannot be had: it does not answer, see $ENGINES/$1/log"
  fi
}

end_process() {
  local pid
  alive "$1" "$2" || return 0
  pid=$(cat "$ENGINES/$1/$2")
  kill "$pid" 2>/dev/null || true
  for _ in {1..100}; do
    alive "$1" "$2" || return 0
    sleep 0.2
  done
  log "$1 ignores SIGTERM: killing $pid"
  kill -9 "$pid" 2>/dev/null || true
}

# dockerd ends its containerd itself, unless dockerd was killed.
stop() {
  if alive "$1"; then log "stopping $1"; fi
  end_process "$1" pid
  end_process "$1" exec/containerd/containerd.pid
  rm -f "$ENGINES/$1/pid"
}

# describe NAME KIND STORE EXTRA CLI…: one entry of engines.json.
describe() {
  local name=$1 kind=$2 store=$3 extra=$4 argv
  shift 4
  argv=$(printf ',"%s"' "$@")
  printf '{"name":"%s","kind":"%s","store":"%s","url":"unix://%s/engine.sock",%s"cli":[%s]}' \
    "$name" "$kind" "$store" "$ENGINES/$name" "$extra" "${argv:1}"
}

entry() {
  local folder=$ENGINES/$1 socket=unix://$ENGINES/$1/engine.sock
  case $1 in
    docker-20) describe "$1" DOCKER GRAPH_DRIVER "\"tcp\":\"tcp://$TCP\"," /usr/bin/docker -H "$socket" ;;
    docker-28-graph) describe "$1" DOCKER GRAPH_DRIVER "" chroot "$CHROOT" docker -H "$socket" ;;
    docker-28-*) describe "$1" DOCKER CONTAINERD "" chroot "$CHROOT" docker -H "$socket" ;;
    podman-5) describe "$1" PODMAN CONTAINERS_STORAGE "" chroot "$CHROOT" podman --root "$folder/data" --runroot "$folder/exec" ;;
  esac
}

# The bench engine stands apart: who walks over "engines" must not meet its thousand images.
write_engines_json() {
  local name list="" bench=null
  for name in "${ALL[@]:1}"; do
    alive "$name" || continue
    if [[ $name == *-bench ]]; then bench=$(entry "$name"); else list+=$'    '$(entry "$name")$',\n'; fi
  done
  printf '{\n  "registry": "%s",\n  "engines": [\n%s\n  ],\n  "bench": %s\n}\n' \
    "$REGISTRY" "${list%$',\n'}" "$bench" >"$ROOT/engines.json.new"
  mv "$ROOT/engines.json.new" "$ROOT/engines.json"
}

known() {
  local name
  for name in "$@"; do [[ " ${ALL[*]} " == *" $name "* ]] || fail "unknown engine $name, there are: ${ALL[*]}"; done
}

up() {
  local name
  [[ $EUID == 0 ]] || fail "the engines need root"
  install_packages
  make_chroot
  mount_chroot
  for name in "$@"; do start "$name"; done
  write_engines_json
  log "wrote $ROOT/engines.json"
}

down() {
  local name others=0
  for name in "$@"; do stop "$name"; done
  for name in "${ALL[@]}"; do if alive "$name"; then others=1; fi; done
  if ((others)); then write_engines_json; return; fi
  unmount_all
  rm -f "$ROOT/engines.json"
  log "all down, nothing mounted; data stays in $ROOT"
}

status() {
  local name
  for name in "${ALL[@]}"; do
    if ! alive "$name"; then echo "$name down"
    elif answers "$name"; then echo "$name up"
    else echo "$name does not answer"; fi
  done
}

command=${1:-}
shift || true
names=("${@/#bench/docker-28-bench}")
known "${names[@]}"
case $command in
  status) status; exit ;;
  up) ((${#names[@]})) || names=("${DEFAULTS[@]}") ;;
  down) ((${#names[@]})) || names=("${ALL[@]}") ;;
  *) fail "usage: engines.sh up|down [NAME…] | status" ;;
esac
mkdir -p "$ENGINES"
exec 9>"$ROOT/lock"
flock 9
"$command" "${names[@]}"
