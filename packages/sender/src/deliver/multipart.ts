import { uploadParts } from '@lockstep/core';

/** The frame around the contents of an upload. */
export interface Frame {
  readonly contentType: string;
  readonly head: Buffer;
  readonly tail: Buffer;
}

/**
 * Two parts: the manifest, then all contents one after the other. Framed by hand, since a form library makes one part, one stream and
 * one copy per file (measured: 1.3 to 3 times slower). `boundary` must be random: a content that holds it would end the part.
 */
export function frameUpload(manifest: string, boundary: string): Frame {
  const part = (name: string, extra: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${extra}\r\n`;
  const head = Buffer.from(
    `${part(uploadParts.manifest, '')}Content-Type: application/json\r\n\r\n${manifest}\r\n` +
      `${part(uploadParts.contents, `; filename="${uploadParts.contents}"`)}Content-Type: application/octet-stream\r\n\r\n`,
  );
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    head,
    tail: Buffer.from(`\r\n--${boundary}--\r\n`),
  };
}
