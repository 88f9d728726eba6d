/** Shown while this server has no `templates/index.ejs`. Both values come from checked configuration: nothing to escape. */
export function waitingPage(name: string, monitorPath: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="1">
<title>${name} is waiting</title>
<style>
  :root { color-scheme: light dark; font: 1.0625rem/1.6 system-ui, sans-serif; }
  body { display: grid; min-height: 90vh; place-content: center; padding: 1rem; text-align: center; }
  code { font-size: .9em; }
</style>
</head>
<body>
<main>
<h1>${name} has no page yet</h1>
<p>It appears here as soon as <code>templates/index.ejs</code> is put into the folder of any server.</p>
<p><a href="${monitorPath}">Open the monitor</a></p>
</main>
</body>
</html>
`;
}
