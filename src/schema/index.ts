import { builder } from './builder.ts';

import './scalars.ts';
import './node.ts';
import './pagination.ts';
import './engine.ts';
import './engine-container.ts';
import './attestation.ts';
import './declared-base.ts';
import './environment-variable.ts';
import './history-entry.ts';
import './image-config.ts';
import './image-connection.ts';
import './image-content.ts';
import './image-disk-usage.ts';
import './image-event.ts';
import './image-event-connection.ts';
import './image-event-filter.ts';
import './image-events.ts';
import './image-filter.ts';
import './image-index-state.ts';
import './image-label.ts';
import './image-manifest-summary.ts';
import './image-name.ts';
import './image-order.ts';
import './image-platform.ts';
import './image-repository.ts';
import './image-summary.ts';
import './image-summary-details.ts';
import './images.ts';
import './layer.ts';
import './oci-annotations.ts';
import './oci-descriptor.ts';
import './prune-preview.ts';
import './registry-image.ts';
import './repo-digest.ts';
import './repo-tag.ts';
import './update-check.ts';

builder.queryType({ description: 'What can be asked.' });
builder.subscriptionType({ description: 'What can be followed, over server-sent events.' });

/** The whole schema; importing this file is what puts it together. */
export const schema = builder.toSchema();
