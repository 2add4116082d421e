# shellcheck shell=bash
# What the engines need of the machine: packages, the Debian root that holds the newer engines,
# and the mounts into it. Sourced by engines.sh, which sets ROOT, CHROOT, ENGINES, log and fail.

CHROOT_PACKAGES=docker.io,docker-cli,docker-buildx,containerd,runc,crun,podman,buildah,docker-registry,fuse-overlayfs

install_packages() {
  local missing=()
  [[ -x /usr/sbin/dockerd && -x /usr/bin/docker ]] || missing+=(docker.io)
  command -v iptables >/dev/null || missing+=(iptables)
  command -v mmdebstrap >/dev/null || missing+=(mmdebstrap)
  command -v curl >/dev/null || missing+=(curl)
  ((${#missing[@]})) || return 0
  log "installing ${missing[*]}"
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}"; } >&2 9>&- ||
    fail "docker-20 cannot be had: apt-get could not install ${missing[*]}"
}

make_chroot() {
  [[ -x $CHROOT/usr/sbin/dockerd && -x $CHROOT/usr/bin/podman ]] && return 0
  log "building a Debian root for Docker 28.5 and Podman (about a minute, 800 MB)"
  rm -rf "$CHROOT.new"
  # Signatures say enough: a mirror that has not been refreshed for a week has the same engines.
  mmdebstrap --variant=essential --include="$CHROOT_PACKAGES" --aptopt='Acquire::Check-Valid-Until "false"' \
    forky "$CHROOT.new" >"$ROOT/mmdebstrap.log" 2>&1 9>&- ||
    fail "docker-28 and podman-5 cannot be had: mmdebstrap failed, see $ROOT/mmdebstrap.log"
  # Its place tells a complete root from a broken one.
  mv -T "$CHROOT.new" "$CHROOT"
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
