import '@vscode/codicons/dist/codicon.css';
import '@xyflow/react/dist/style.css';
import './styles/tokens.css';
import './styles/themes.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/palette.css';
import './styles/inspector.css';
import './styles/recipe.css';
import './styles/problems.css';
import './styles/empty.css';
import './styles/run.css';
import './styles/canvas.css';
import { createRoot } from 'react-dom/client';
import { chooseTheme, connect, type Host } from './host.js';
import { App } from './shell/app.js';
import { createEditor, EditorProvider } from './store/editor.js';

const root = document.getElementById('root');
if (root) {
  const host: Host = connect(root, (message) => editor.notify('error', message));
  if (host.kind === 'browser') chooseTheme();
  const editor = createEditor(host);
  createRoot(root).render(<EditorProvider value={editor}><App /></EditorProvider>);
  host.channel.send({ type: 'ready' });
}
