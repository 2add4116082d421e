import SchemaBuilder from '@pothos/core';
import type { Context } from '../context.ts';
import type { Engine, RegistryManifest } from '../engine/engine.ts';
import type { Descriptor, KeyValue, Platform } from '../engine/image-row.ts';
import type { EnvironmentVariable, ImageConfig } from '../engine/image-detail.ts';
import type { Container } from '../image-index/container-view.ts';
import type { IndexState } from '../image-index/image-index.ts';
import type { LoggedEvent } from '../image-index/image-event-log.ts';
import type { DigestReference, Image, Manifest, TagReference } from '../image-index/image-view.ts';
import type { Repository } from '../image-index/repository.ts';
import type { Page } from '../keyset.ts';
import type { UpdateCheck } from '../registry/update-check.ts';
import type { Attestation } from './attestation.ts';
import type { DeclaredBase } from './declared-base.ts';
import type { HistoryEntry } from './history-entry.ts';
import type { ImageConnection } from './image-connection.ts';
import type { Layer } from './layer.ts';
import type { ImageDiskUsage } from './image-disk-usage.ts';
import type { PrunePreview } from '../loaders/prune-plan.ts';
import type { NodeValue } from './node.ts';
import type { Annotations } from './oci-annotations.ts';
import type { Connection, Edge, PageInfo } from './pagination.ts';
import type { RepositoryConnection } from './image-repository.ts';

/** Which shape stands behind each GraphQL type: the domain at a glance. */
export interface Types {
  Context: Context;
  DefaultFieldNullability: false;
  Interfaces: { Node: NodeValue };
  Objects: {
    Engine: Engine;
    EngineContainer: Container;
    EngineContainerConnection: Connection<Container>;
    EngineContainerEdge: Edge<Container>;
    ImageIndexState: IndexState;
    Attestation: Attestation;
    DeclaredBase: DeclaredBase;
    EnvironmentVariable: EnvironmentVariable;
    HistoryEntry: HistoryEntry;
    ImageConfig: ImageConfig;
    ImageContent: { readonly digest: string };
    ImageDiskUsage: ImageDiskUsage;
    ImageEvent: LoggedEvent;
    ImageEventConnection: Page<LoggedEvent>;
    ImageEventEdge: Edge<LoggedEvent>;
    ImageLabel: KeyValue;
    ImageManifestSummary: Manifest;
    ImageName: { readonly reference: string };
    ImagePlatform: Platform;
    ImageRepository: Repository;
    ImageRepositoryConnection: RepositoryConnection;
    ImageRepositoryEdge: Edge<Repository>;
    ImageSummary: Image;
    ImageSummaryConnection: ImageConnection;
    ImageSummaryEdge: Edge<Image>;
    Layer: Layer;
    OciAnnotations: Annotations;
    OciDescriptor: Descriptor;
    PageInfo: PageInfo;
    PrunePreview: PrunePreview;
    RegistryImage: RegistryManifest;
    RepoDigest: DigestReference;
    RepoTag: TagReference;
    RepoTagConnection: Connection<TagReference>;
    RepoTagEdge: Edge<TagReference>;
    UpdateCheck: UpdateCheck;
  };
  Scalars: {
    /** Whole seconds since 1970. */
    DateTime: { Input: number; Output: number };
    Digest: { Input: string; Output: string };
    ByteSize: { Input: number; Output: number };
    /** Checked by the grammar, as typed. */
    ImageReference: { Input: string; Output: string };
    ID: { Input: string; Output: string };
  };
}

/** The one Pothos builder; every file of this folder adds its type to it. */
export const builder = new SchemaBuilder<Types>({ defaultFieldNullability: false });

/** The types of the builder, for functions that take its field builders. */
export type SchemaTypes = typeof builder.$inferSchemaTypes;
