/** The first steps, shown on VS Code's Welcome page. */
export const walkthrough = {
  id: 'start',
  title: 'Design a network with Netwright',
  description: 'From a template to a residual network that is checked, trained and taken away as PyTorch code.',
  steps: [
    {
      id: 'new',
      title: 'Start from a template',
      description: 'Pick a residual network, a U-Net, a transformer, or a blank sheet.\n[New Network from Template](command:netwright.newFromTemplate)',
      media: { markdown: 'media/walkthrough/new.md' },
      completionEvents: ['onCommand:netwright.newFromTemplate', 'onCustomEditor:netwright.editor'],
    },
    {
      id: 'draw',
      title: 'Draw layers and skips',
      description: 'Drag a layer from the palette onto a wire. Drag from a layer to a later wire to draw a skip connection.',
      media: { markdown: 'media/walkthrough/draw.md' },
    },
    {
      id: 'mend',
      title: 'See why shapes differ, and mend it',
      description: 'Where two branches do not fit, the problem names the layer at which they part, and offers fixes that were tried before they are shown.',
      media: { markdown: 'media/walkthrough/mend.md' },
    },
    {
      id: 'train',
      title: 'Train on your machine',
      description: 'A short run shows whether the design learns. Cut a skip, run again, and compare the curves.\n[Train](command:netwright.train)',
      media: { markdown: 'media/walkthrough/train.md' },
      completionEvents: ['onCommand:netwright.train'],
    },
    {
      id: 'take',
      title: 'Take the code away',
      description: 'One class a block, its params as constructor arguments.\n[Copy as PyTorch](command:netwright.copyPyTorch)',
      media: { markdown: 'media/walkthrough/take.md' },
      completionEvents: ['onCommand:netwright.copyPyTorch'],
    },
  ],
};
