# shellcheck shell=bash
# What the engines need of the machine: packages, the Debian root that holds the newer engines,
# and the mounts into it. Sourced by engines.sh, which sets ROOT, CHROOT, ENGINES, log and fail.

CHROOT_PACKAGES=docker.io,docker-cli,docker-buildx,containerd,runc,crun,podman,skopeo,buildah,docker-registry,ca-certificates,fuse-overlayfs

install_packages() {
  local missing=()
  [[ -x /usr/sbin/dockerd && -x /usr/bin/docker ]] || missing+=(docker.io)
  command -v iptables >/dev/null || missing+=(iptables)
  command -v debootstrap >/dev/null || missing+=(debootstrap)
  command -v curl >/dev/null || missing+=(curl)
  ((${#missing[@]})) || return 0
  log "installing ${missing[*]}"
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}"; } >&2 9>&- ||
    fail "docker-20 cannot be had: apt-get could not install ${missing[*]}"
}

# debootstrap removes its work folder last, so its absence tells a complete root from a broken one.
chroot_complete() {
  [[ -x $CHROOT/usr/sbin/dockerd && -x $CHROOT/usr/bin/podman && ! -e $CHROOT/debootstrap ]]
}

make_chroot() {
  chroot_complete && return 0
  # bookworm's debootstrap does not know the name forky; every suite since sid is built alike.
  [[ -e /usr/share/debootstrap/scripts/forky ]] || ln -s sid /usr/share/debootstrap/scripts/forky
  log "building a Debian root for Docker 28.5 and Podman (about a minute, 1.1 GB)"
  debootstrap --variant=minbase --include="$CHROOT_PACKAGES" forky "$CHROOT" >"$ROOT/debootstrap.log" 2>&1 9>&- ||
    fail "docker-28 and podman-5 cannot be had: debootstrap failed, see $ROOT/debootstrap.log"
}

mounted() { awk -v at="$1" '$5 == at { found = 1 } END { exit !found }' /proc/self/mountinfo; }

# The data folders keep their path inside the root, so that one name of a socket works on both
# sides; and they are a mount there, without which containerd's metadata plugin does not load.
# And the root is a mount of itself, because builders remount / read-only for their steps.
mount_chroot() {
  local folder
  mounted "$CHROOT" || { mount --bind "$CHROOT" "$CHROOT" && mount --make-private "$CHROOT"; }
  for folder in proc sys dev; do
    mounted "$CHROOT/$folder" || mount --rbind --make-rslave "/$folder" "$CHROOT/$folder"
  done
  mkdir -p "$CHROOT$ENGINES"
  mounted "$CHROOT$ENGINES" || mount --rbind --make-rslave "$ENGINES" "$CHROOT$ENGINES"
}

# All that is mounted below ROOT was mounted by us or by the engines: the deepest goes first.
unmount_all() {
  local at
  while read -r at; do
    umount "$at" 2>/dev/null || umount -l "$at" || log "still mounted: $at"
  done < <(awk -v below="$ROOT/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | tac)
}
