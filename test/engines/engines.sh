#!/usr/bin/env bash
# Starts and stops the real engines that the tests talk to. As root, on Debian 12:
#   engines.sh up         two kinds of Docker 28.5, Docker 20.10, Podman 5.8 and a registry
#   engines.sh up bench   the same, and one more Docker 28.5 for the benchmarks
#   engines.sh down       stops what `up` started; packages, images and the forky root stay
#   engines.sh status     says what runs
# All of it lives below IMAGEGRAPH_ENGINES_ROOT; traffic stays on unix sockets and 127.0.0.1.
set -euo pipefail

ROOT=$(realpath -m "${IMAGEGRAPH_ENGINES_ROOT:-/var/lib/imagegraph-engines}")
readonly ROOT FORKY=$ROOT/forky
readonly RUN=$ROOT/run LOGS=$ROOT/log
readonly READY_SECONDS=60 STOP_SECONDS=30
# As seen from inside the forky root.
readonly INNER_RUN=/run/imagegraph
readonly SERVICES=(registry docker-20 docker-28 docker-28-graph podman-5 docker-28-bench)

# shellcheck source=root.sh
source "$(dirname "${BASH_SOURCE[0]}")/root.sh"

is_running() { # NAME
  local pid
  pid=$(cat "$RUN/$1.pid" 2>/dev/null) || return 1
  # A pid file may outlive its process and the number be given away: the start time tells them apart.
  [[ -n $pid && $(process_start "${pid%% *}") == "${pid##* }" ]]
}

process_start() { # PID
  # Field 22 of stat; the command name before it may hold spaces, so count after its bracket.
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}

start() { # NAME COMMAND...
  local name=$1
  shift
  is_running "$name" && return
  # In a script a background job leads no process group, so setsid becomes the command: $! is its pid.
  # File 9 is the lock of this script, which the daemon must not hold.
  setsid "$@" </dev/null >"$LOGS/$name.log" 2>&1 9>&- &
  local pid=$!
  echo "$pid $(process_start "$pid")" >"$RUN/$name.pid"
}

stop() { # NAME
  local name=$1 pid tries
  if is_running "$name"; then
    pid=$(cut -d ' ' -f 1 "$RUN/$name.pid")
    kill -TERM "$pid"
    for ((tries = STOP_SECONDS * 10; tries > 0; tries--)); do
      is_running "$name" || break
      sleep 0.1
    done
    if is_running "$name"; then kill -KILL "$pid"; fi
    echo "stopped $name"
  fi
  rm -f "$RUN/$name.pid"
}

wait_ready() { # NAME CURL_ARGUMENTS...
  local name=$1 tries
  shift
  for ((tries = READY_SECONDS * 5; tries > 0; tries--)); do
    if curl --silent --fail --max-time 5 --output /dev/null "$@"; then
      echo "ready $name"
      return
    fi
    is_running "$name" || break
    sleep 0.2
  done
  echo "$name does not answer; the end of its log:" >&2
  tail -n 30 "$LOGS/$name.log" >&2
  return 1
}

start_docker_20() {
  local folder=$ROOT/data/docker-20
  /usr/sbin/dockerd --version | grep -q ' 20\.10\.' || {
    echo "/usr/sbin/dockerd is not Docker 20.10: this needs the docker.io of Debian 12" >&2
    return 1
  }
  mkdir -p "$folder"
  echo '{}' >"$folder/daemon.json"
  start docker-20 /usr/sbin/dockerd --config-file "$folder/daemon.json" \
    --data-root "$folder/data" --exec-root "$RUN/docker-20" --pidfile "$RUN/docker-20.daemon" \
    -H "unix://$RUN/docker-20.sock" -H tcp://127.0.0.1:23750 \
    --iptables=false --ip6tables=false --bridge=none
}

# Each has its own exec root, and so its own containerd: dockerd starts one below it when the usual
# socket is absent, as it is inside the forky root.
start_docker_28() { # NAME CONTAINERD_SNAPSHOTTER
  write_docker_configuration "$1" "$2"
  start "$1" chroot "$FORKY" dockerd --config-file "/etc/imagegraph/$1.json" \
    --data-root "/var/lib/engines/$1" --exec-root "$INNER_RUN/$1" --pidfile "$INNER_RUN/$1.pid" \
    -H "unix://$INNER_RUN/$1.sock"
}

entry() { # NAME KIND STORE SOCKET CLI...
  local name=$1 kind=$2 store=$3 socket=$4
  shift 4
  printf '{"name":"%s","kind":"%s","store":"%s","url":"unix://%s","cli":[%s]}' \
    "$name" "$kind" "$store" "$socket" "$(printf '"%s",' "$@" | sed 's/,$//')"
}

docker_28_entry() { # NAME STORE
  entry "$1" DOCKER "$2" "$FORKY$INNER_RUN/$1.sock" chroot "$FORKY" docker -H "unix://$INNER_RUN/$1.sock"
}

write_lists() {
  {
    printf '[\n  %s,\n' "$(entry docker-20 DOCKER GRAPH_DRIVER "$RUN/docker-20.sock" \
      /usr/bin/docker -H "unix://$RUN/docker-20.sock")"
    printf '  %s,\n' "$(docker_28_entry docker-28 CONTAINERD)"
    printf '  %s,\n' "$(docker_28_entry docker-28-graph GRAPH_DRIVER)"
    printf '  %s\n]\n' "$(entry podman-5 PODMAN CONTAINERS_STORAGE "$FORKY$INNER_RUN/podman-5.sock" \
      chroot "$FORKY" podman)"
  } >"$ROOT/engines.json"
  # Apart from the others: tests go over engines.json, and a thousand images would drown them.
  printf '[\n  %s\n]\n' "$(docker_28_entry docker-28-bench CONTAINERD)" >"$ROOT/bench.json"
}

up() { # [bench]
  install_host_packages
  bootstrap_forky
  mount_forky
  mkdir -p "$FORKY$INNER_RUN" "$FORKY/var/lib/engines/registry"
  write_podman_configuration
  write_registry_configuration
  start registry chroot "$FORKY" docker-registry serve /etc/imagegraph-registry.yml
  start_docker_20
  start_docker_28 docker-28 true
  start_docker_28 docker-28-graph false
  start podman-5 chroot "$FORKY" podman system service --time=0 "unix://$INNER_RUN/podman-5.sock"
  if [[ ${1:-} == bench ]]; then start_docker_28 docker-28-bench true; fi
  write_lists
  wait_ready registry http://127.0.0.1:5000/v2/
  wait_ready docker-20 --unix-socket "$RUN/docker-20.sock" http://docker/_ping
  local name
  for name in docker-28 docker-28-graph podman-5 docker-28-bench; do
    if [[ $name == docker-28-bench && ${1:-} != bench ]]; then continue; fi
    wait_ready "$name" --unix-socket "$FORKY$INNER_RUN/$name.sock" http://docker/_ping
  done
}

down() {
  local name
  for name in "${SERVICES[@]}"; do stop "$name"; done
  unmount_forky
}

status() {
  local name
  for name in "${SERVICES[@]}"; do
    if is_running "$name"; then echo "$name running"; else echo "$name stopped"; fi
  done
}

mkdir -p "$RUN" "$LOGS"
exec 9>"$ROOT/lock"
flock 9 # two callers at once would start everything twice
case ${1:-} in
  up) up "${2:-}" ;;
  down) down ;;
  status) status ;;
  *)
    echo "usage: engines.sh up [bench] | down | status" >&2
    exit 2
    ;;
esac
