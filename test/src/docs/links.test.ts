import assert from 'node:assert/strict';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';
import { documents, exists, readDocument } from './document.js';

/** Markdown without code, where brackets mean something else. */
function prose(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gmu, '').replaceAll(/`[^`\n]*`/gu, '');
}

function linksOf(text: string): string[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/gu)].map(([, target]) => target ?? '');
}

/** The anchors that a Markdown reader makes of the headings. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.replaceAll(/^```[\s\S]*?^```/gmu, '').matchAll(/^#{1,6} (.+)$/gmu)];
  return new Set(
    headings.map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/gu, '-'),
    ),
  );
}

describe('the documents', () => {
  for (const document of documents()) {
    it(`link to what exists: ${document}`, () => {
      const broken = linksOf(readDocument(document)).filter((link) => !resolves(document, link));
      assert.deepEqual(broken, []);
    });

    it(`name no path of one machine: ${document}`, () => {
      const paths = readDocument(document).match(/(?<![\w.$])\/(?:home|root|work|tmp|Users)\/\S*/gu) ?? [];
      assert.deepEqual(paths, []);
    });
  }
});

function resolves(document: string, link: string): boolean {
  if (/^(?:https?|mailto):/u.test(link)) return true;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : normalize(join(dirname(document), path));
  if (!exists(target)) return false;
  return anchor === undefined || anchorsOf(readDocument(target)).has(anchor);
}
