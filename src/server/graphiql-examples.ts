/** The queries that GraphiQL opens with, one a tab, each named for what it answers. */
export const EXAMPLES: readonly string[] = [
  `# The newest images: what they are called, what they are built on, what they run on.
query NewestImages {
  images(first: 20) {
    totalCount
    nodes {
      shortId
      created
      size
      repoTags { reference }
      parent { shortId repoTags { reference } }
      repoDigests { reference manifests { digest kind platform { name } } }
    }
  }
}
`,
  `# Which images no container uses, the largest first.
query UnusedImages {
  images(first: 50, filter: { inUse: false }, orderBy: [{ field: SIZE, direction: DESC }]) {
    totalCount
    totalSize
    nodes { shortId size created repoTags { reference } }
  }
}
`,
  `# Which containers use which image.
query ImagesInUse {
  images(first: 50, filter: { inUse: true }) {
    nodes {
      repoTags { reference }
      usedBy { totalCount nodes { name state statusText } }
    }
  }
}
`,
  `# Which platforms are here, and which of an index are not.
query Platforms {
  images(first: 50) {
    nodes {
      repoTags { reference }
      platforms { name }
      manifests { available kind platform { name } totalSize }
    }
  }
}
`,
  `# What is built on what, by layers: also for pulled images and those of BuildKit.
query BuiltOn {
  images(first: 20) {
    nodes {
      repoTags { reference }
      baseImages { shortId repoTags { reference } }
      derivedImages { totalCount }
      usedBy(includeDerived: true) { totalCount }
    }
  }
}
`,
  `# One question in place of many docker inspect and docker history.
query Inspect {
  images(first: 20) {
    nodes {
      repoTags { reference }
      config { entrypoint command user environment { name value redacted } }
      layers { diffId size createdBy }
    }
  }
}
`,
  `# Where the disk goes, and what docker image prune --all would do, without doing it.
query Disk {
  engine {
    imageDiskUsage { totalCount activeCount totalSize reclaimableSize }
  }
  prunePreview(danglingOnly: false) {
    reclaimableSize
    images { totalCount nodes { shortId size repoTags { reference } } }
    untagged { nodes { reference } }
  }
}
`,
  `# What happens to images, as it happens. Needs --index live.
subscription ImageEvents {
  imageEvents {
    action
    time
    reference
    engine { name }
    image { shortId size repoTags { reference } }
  }
}
`,
  `# The engines behind this gateway.
query Engines {
  engines { name kind status version apiVersion imageStore operatingSystem architecture }
}
`,
];
