import { expect } from 'vitest';
import type { TestGateway } from '../support/gateway.ts';
import type { Subject } from './subjects.ts';

const FIELDS = `imageId shortId created size sharedSize uniqueSize parentId isDangling containers inUse
  labels { key value } repoTags { reference } repoDigests { reference digest }
  manifests { digest kind available contentSize totalSize platform { name } attests { digest } }`;

/** A subject behind a gateway, and what that says of all its images. */
export interface OpenSubject {
  /** Every image, intermediate ones too, by ID, in the order of the list. */
  readonly images: ReadonlyMap<string, any>;
  /** The data of an answer without errors. */
  ask(query: string, variables?: object): Promise<any>;
  imageNamed(reference: string, selection?: string): Promise<any>;
  close(): Promise<void>;
}

/** Opens a subject and lists it once. */
export async function openSubject(subject: Subject): Promise<OpenSubject> {
  const gateway: TestGateway = await subject.open();
  const ask = async (query: string, variables: object = {}): Promise<any> => {
    const { data, errors } = await gateway.ask(query, variables);
    expect(errors).toBeUndefined();
    return data;
  };
  const { images } = await ask(`{ images(first: 1000, all: true) { nodes { ${FIELDS} } } }`);
  return {
    images: new Map(images.nodes.map((image: any) => [image.imageId, image])),
    ask,
    async imageNamed(reference, selection = FIELDS) {
      const query = `query ($r: ImageReference!) { image(reference: $r) { ${selection} } }`;
      return (await ask(query, { r: reference })).image;
    },
    async close() {
      gateway.close();
      await subject.close();
    },
  };
}
