import * as vscode from 'vscode';

/** What a page of ours may load: its own bundle, and nothing from the network. The layout worker starts from a Blob of a file in dist/. */
function policy(webview: vscode.Webview): string {
  const own = webview.cspSource;
  return [
    `default-src 'none'`,
    `script-src ${own}`,
    `style-src ${own} 'unsafe-inline'`,
    `font-src ${own}`,
    `img-src ${own} data: blob:`,
    `connect-src ${own}`,
    `worker-src blob:`,
  ].join('; ');
}

/** The html of the canvas. It holds no inline script. */
export function pageOf(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const uri = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', file)).toString();
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(webview)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Netwright</title>
<link rel="stylesheet" href="${uri('editor.css')}">
</head>
<body>
<div id="root" data-host="vscode" data-worker="${uri('layout-worker.js')}"></div>
<script src="${uri('editor.js')}"></script>
</body>
</html>
`;
}

export function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')] };
}
