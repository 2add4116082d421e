# Prepares what the engines run from: packages of this machine, and a Debian forky root for the newer
# engines. Sourced by engines.sh, which sets ROOT and FORKY.

readonly HOST_PACKAGES=(docker.io iptables debootstrap curl)
readonly FORKY_PACKAGES=docker.io,docker-cli,docker-buildx,containerd,runc,crun,podman,skopeo,buildah,docker-registry,ca-certificates,fuse-overlayfs
readonly MIRROR="${IMAGEGRAPH_ENGINES_MIRROR:-http://deb.debian.org/debian}"

install_host_packages() {
  local package missing=()
  for package in "${HOST_PACKAGES[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  ((${#missing[@]} == 0)) && return
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# debootstrap removes its own folder at the very end, so a root with dockerd and without that folder is
# whole. A broken attempt is continued rather than removed: something may be mounted below it.
forky_is_complete() {
  [[ -e $ROOT/forky.complete ]] || [[ -x $FORKY/usr/sbin/dockerd && ! -d $FORKY/debootstrap ]]
}

bootstrap_forky() {
  if ! forky_is_complete; then
    # bookworm's debootstrap does not know the name forky: the script of sid fits it.
    debootstrap --variant=minbase --include="$FORKY_PACKAGES" forky "$FORKY" "$MIRROR" \
      /usr/share/debootstrap/scripts/sid
  fi
  touch "$ROOT/forky.complete"
}

bind() { # SOURCE TARGET [recursive]
  mountpoint -q "$2" && return
  mkdir -p "$2"
  if [[ ${3:-} == recursive ]]; then
    # rslave: what is unmounted below the root must stay mounted on the machine.
    mount --rbind --make-rslave "$1" "$2"
  else
    mount --bind "$1" "$2"
  fi
}

# containerd asks the mount table for the file system of its folder; inside a chroot only mount points
# below the root are visible to it, so the data must live on one.
mount_forky() {
  local data=$ROOT/data
  mkdir -p "$data/engines" "$data/containers"
  bind /proc "$FORKY/proc" recursive
  bind /sys "$FORKY/sys" recursive
  bind /dev "$FORKY/dev" recursive
  bind "$data/engines" "$FORKY/var/lib/engines"
  bind "$data/containers" "$FORKY/var/lib/containers"
}

unmount_forky() {
  local target
  for target in var/lib/containers var/lib/engines dev sys proc; do
    mountpoint -q "$FORKY/$target" || continue
    umount -R "$FORKY/$target" || umount -R -l "$FORKY/$target"
  done
}

write_podman_configuration() {
  mkdir -p "$FORKY/etc/containers/registries.conf.d" "$FORKY/etc/containers/containers.conf.d"
  cat >"$FORKY/etc/containers/registries.conf.d/imagegraph.conf" <<-'TOML'
	[[registry]]
	location = "127.0.0.1:5000"
	insecure = true
	TOML
  # No systemd runs in the chroot: neither its journal nor its cgroup manager answers.
  cat >"$FORKY/etc/containers/containers.conf.d/imagegraph.conf" <<-'TOML'
	[engine]
	cgroup_manager = "cgroupfs"
	events_logger = "file"
	TOML
}

write_registry_configuration() {
  cat >"$FORKY/etc/imagegraph-registry.yml" <<-'YAML'
	version: 0.1
	log:
	  level: warn
	storage:
	  filesystem:
	    rootdirectory: /var/lib/engines/registry
	  delete:
	    enabled: true
	http:
	  addr: 127.0.0.1:5000
	YAML
}

write_docker_configuration() { # NAME CONTAINERD_SNAPSHOTTER
  mkdir -p "$FORKY/etc/imagegraph"
  cat >"$FORKY/etc/imagegraph/$1.json" <<-JSON
	{
	  "features": { "containerd-snapshotter": $2 },
	  "bridge": "none",
	  "iptables": false,
	  "ip6tables": false,
	  "insecure-registries": ["127.0.0.1:5000"]
	}
	JSON
}
