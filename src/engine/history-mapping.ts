import type { HistoryStep } from './image-detail.ts';
import { toImageId, toSeconds } from './image-mapping.ts';
import { asCount, asObject, asText } from './json-values.ts';

/** Far more than any build has; the oldest beyond are left out. */
const MAX_STEPS = 2_000;

/**
 * GET /images/{name}/history, newest first. The containerd store answers null for a configuration without history;
 * Podman writes the ID of a step that it has no image of as sha256:<missing>, Docker as <missing>.
 */
export function toHistory(value: unknown): readonly HistoryStep[] {
  return (Array.isArray(value) ? value : []).slice(0, MAX_STEPS).map((item) => {
    const json = asObject(item);
    // 0 where nothing tells the date (older engines: year 1); no build step is of 1970 in earnest.
    const created = toSeconds(json['Created']);
    return {
      imageId: toImageId(json['Id']),
      created: created === 0 ? null : created,
      createdBy: asText(json['CreatedBy']),
      isRedacted: false,
      comment: asText(json['Comment']),
      size: asCount(json['Size']) ?? 0,
    };
  });
}
