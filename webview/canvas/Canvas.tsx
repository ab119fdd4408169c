import { Background, BackgroundVariant, ReactFlow, ReactFlowProvider, useReactFlow, useStore, useStoreApi, ViewportPortal, type Node, type NodeProps, type Viewport } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { memo, useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState, type CSSProperties, type ReactNode, type Ref } from 'react';
import { preview } from '../../lib/actions/index.js';
import { keyOf, type Placed, type PlacedUnit } from '../../lib/layout/index.js';
import type { CanvasHandle, CanvasProps } from './contract.js';
import { FlowDirection } from './DenseBus.js';
import { DrawingSkip, MergeChoice, type Dropped } from './DrawingSkip.js';
import { FarCanvas, isFar } from './FarCanvas.js';
import { GhostNote } from './GhostNote.js';
import { Labels } from './Labels.js';
import { Legend } from './Legend.js';
import { createMarks, MarksContext, parseWireKey } from './marks.js';
import { Minimap } from './Minimap.js';
import { Pins } from './Pins.js';
import { UnitView } from './units.js';
import { useArrival } from './use-arrival.js';
import { useDropping } from './use-dropping.js';
import { useFreePlace } from './use-free-place.js';
import { useGestures } from './use-gestures.js';
import { useKeys } from './use-keys.js';
import { useMoving } from './use-moving.js';
import { usePlaced } from './use-placed.js';
import { useProblemPlace } from './use-problem-place.js';
import { firstViewport, useSight } from './use-viewport.js';
import { useDetail, useVisibleBox, useZoom } from './viewport.js';
import { unitsByItem } from './whereabouts.js';
import { WirePorts } from './WirePorts.js';
import { Wires } from './Wires.js';
import '../styles/canvas.css';

/** The network as a picture that can be worked on. It shows what it is given and says what the person did (contract.ts). */
export function Canvas(props: CanvasProps & { readonly ref?: Ref<CanvasHandle> }): ReactNode {
  return (
    <ReactFlowProvider>
      <Inner {...props} />
    </ReactFlowProvider>
  );
}

type UnitNode = Node<{ readonly placed: PlacedUnit }, 'unit'>;
const UnitNodeView = memo(({ data }: NodeProps<UnitNode>) => <UnitView placed={data.placed} />);
UnitNodeView.displayName = 'UnitNodeView';
const nodeTypes = { unit: UnitNodeView };
const noEdges: never[] = [];
const noNodes: UnitNode[] = [];

function Inner({ ref, ...props }: CanvasProps & { readonly ref?: Ref<CanvasHandle> }): ReactNode {
  const { analysis, view, direction, selection, overlay, focusedProblem, focusedFix, on, coveredRight = 0, workerUrl } = props;
  const frozen = props.lastGood === true || props.readOnly === true;
  const root = useRef<HTMLDivElement>(null);
  const [marks] = useState(createMarks);
  const [dropped, setDropped] = useState<Dropped>();
  const drawn = useRef<Placed>(undefined);
  const dropping = useDropping({ analysis, placed: drawn, marks, on, frozen, stand: useFreePlace(direction, view, workerUrl) });
  const fixed = useMemo(() => (focusedFix === undefined ? undefined : preview(analysis, focusedFix.edits)), [analysis, focusedFix]);
  const moving = useMoving({ analysis, direction, marks, on });
  const result = usePlaced(moving.preview ?? analysis, view, direction, dropping.preview ?? fixed, moving.moved, workerUrl);
  const placed = result?.placed;
  useEffect(() => {
    drawn.current = placed;
  });
  const still = useStillness();
  const sight = useSight(placed, coveredRight, still);
  const flow = useReactFlow();
  const store = useStoreApi();

  useEffect(() => marks.set({ selection: new Set(selection) }), [marks, selection]);
  const nodes = useMemo(() => (placed === undefined ? [] : placed.units.map(nodeOf)), [placed]);
  const far = useFar(placed);

  // The first picture is fitted; after that the view stays where the person put it, and an opened block keeps its place on the screen.
  const shown = useRef<{ readonly name: string; readonly direction: string } | undefined>(undefined);
  const anchor = useRef<{ readonly path: string; readonly x: number; readonly y: number } | undefined>(undefined);
  const untouched = useRef<Viewport | undefined>(undefined);
  useEffect(() => {
    if (placed === undefined || result === undefined) return;
    const { width, height } = store.getState();
    if (width === 0) return;
    if (shown.current?.direction !== result.direction) {
      shown.current = { name: '', direction: result.direction };
      untouched.current = firstViewport(placed.bounds, width - coveredRight, height, result.direction);
      void flow.setViewport(untouched.current);
      return;
    }
    const held = anchor.current;
    anchor.current = undefined;
    if (held === undefined) return;
    const now = [...unitsByItem(placed).values()].find(({ unit }) => keyOf(unit.item.path) === keyOf(held.path));
    if (now === undefined) return;
    const { x, y, zoom } = flow.getViewport();
    const axis = direction === 'down' ? { x: now.x + now.axis, y: now.y } : { x: now.x, y: now.y + now.axis };
    void flow.setViewport({ x: x + (held.x - axis.x) * zoom, y: y + (held.y - axis.y) * zoom, zoom });
  }, [placed, result, coveredRight, direction, flow, store]);
  // A page that becomes smaller or larger before anybody moved the view shows the network as at first.
  const size = useStore((state) => `${state.width} ${state.height}`);
  useEffect(() => {
    const before = untouched.current;
    const [width = 0, height = 0] = size.split(' ').map(Number);
    if (before === undefined || placed === undefined || width === 0) return;
    const { x, y, zoom } = flow.getViewport();
    if (x !== before.x || y !== before.y || zoom !== before.zoom) {
      // A panel that opens may leave nothing of the network in sight: then it comes back.
      const seen = placed.units.some((unit) => { const [across, down] = [(unit.x + unit.width / 2) * zoom + x, (unit.y + unit.height / 2) * zoom + y]; return across > 0 && across < width - coveredRight && down > 0 && down < height; });
      if (!seen) sight.revealBox(placed.bounds);
      return;
    }
    untouched.current = firstViewport(placed.bounds, width - coveredRight, height, direction);
    void flow.setViewport(untouched.current);
    // Only a change of the size counts: what is drawn or covered moves nothing by itself.
  }, [size]);
  const openBlock = useCallback((path: string) => {
    const now = placed === undefined ? undefined : unitsByItem(placed).get(path);
    if (now !== undefined) anchor.current = { path, ...(direction === 'down' ? { x: now.x + now.axis, y: now.y } : { x: now.x, y: now.y + now.axis }) };
    on.onOpenBlock(path);
  }, [placed, direction, on]);

  const gestures = useGestures({ analysis, placed, moving, marks, on, frozen, root, openBlock, setDropped });
  const keys = useKeys({ analysis, placed, isCurrent: result?.analysis === analysis, direction, marks, on, frozen, selection, sight, openBlock, root });
  useProblemPlace({ placed, problem: focusedProblem, on, sight, coveredRight });

  useArrival({ placed, selection, revealBox: sight.revealBox });

  useImperativeHandle(ref, () => ({
    fit: sight.fit, zoomIn: () => sight.zoomBy(1.25), zoomOut: () => sight.zoomBy(0.8), zoomTo: sight.zoomTo, reveal: sight.reveal, focus: keys.focus,
  }), [sight.fit, sight.zoomBy, sight.zoomTo, sight.reveal, keys.focus]);

  return (
    <MarksContext.Provider value={marks}>
      <div
        ref={root} className={`nw-canvas is-${direction} ${props.lastGood === true ? 'is-last-good' : ''}`} role="group" aria-label="Network" aria-roledescription="network canvas"
        {...gestures.handlers} {...keys.handlers} {...dropping.handlers}
      >
        <Scale>
          <FlowDirection value={result?.direction ?? direction}>
            <ReactFlow
              nodes={far ? noNodes : nodes} edges={noEdges} nodeTypes={nodeTypes} onlyRenderVisibleElements minZoom={0.05} maxZoom={2.5} proOptions={{ hideAttribution: true }}
              nodesDraggable={false} nodesConnectable={false} nodesFocusable={false} elementsSelectable={false} elevateNodesOnSelect={false} disableKeyboardA11y
              zoomOnDoubleClick={false} panOnScroll selectionKeyCode={null} multiSelectionKeyCode={null} deleteKeyCode={null} panActivationKeyCode={null}
              onViewportChange={(viewport) => on.onZoom?.(viewport.zoom)}
            >
              <Background variant={BackgroundVariant.Dots} gap={20} size={1.6} color="var(--nw-dot)" />
              {placed !== undefined && !far && (
                <ViewportPortal>
                  <Wires placed={placed} />
                  <div className="nw-labels">
                    <Labels placed={placed} shapes={overlay === 'shapes'} />
                    <GhostNote placed={placed} fix={focusedFix} problem={focusedProblem} />
                    <WirePorts placed={placed} direction={direction} frozen={frozen} />
                    <Pins placed={placed} problem={focusedProblem} />
                  </div>
                  <DrawingSkip placed={placed} at={gestures.pointer} direction={direction} />
                </ViewportPortal>
              )}
            </ReactFlow>
          </FlowDirection>
          {far && placed !== undefined && <FarCanvas placed={placed} marks={marks} select={(path) => on.onSelect(path === undefined ? [] : [path], 'replace')} />}
        </Scale>
        {gestures.box !== undefined && <div className="nw-box" style={gestures.box} />}
        {placed !== undefined && <Legend picture={placed.picture} quiet={focusedProblem !== undefined} />}
        {placed !== undefined && placed.units.length > 1 && <Minimap placed={placed} />}
        {dropped !== undefined && <MergeChoice dropped={dropped} choose={(merge) => { on.onDrawSkip(dropped.from, dropped.target, merge); setDropped(undefined); }} cancel={() => setDropped(undefined)} />}
      </div>
    </MarksContext.Provider>
  );
}

function useFar(placed: Placed | undefined): boolean {
  const zoom = useZoom();
  const view = useVisibleBox();
  return useMemo(() => isFar(placed, view, zoom), [placed, view.x, view.y, view.width, view.height, zoom]);
}

function nodeOf(placed: PlacedUnit): UnitNode {
  const { unit, x, y, width, height, depth } = placed;
  return { id: unit.id, type: 'unit', position: { x, y }, data: { placed }, width, height, zIndex: unit.kind === 'frame' ? depth : 100, className: `nw-node is-${unit.kind} ${unit.item.moved?.floating === true ? 'is-floating' : ''}` };
}

/** Tells the style sheet the zoom, for what keeps its size on the screen and what goes when it gets small. */
function Scale({ children }: { readonly children: ReactNode }): ReactNode {
  const zoom = useZoom();
  const detail = useDetail();
  return <div className="nw-scale" data-detail={detail} style={{ '--nw-zoom': zoom } as CSSProperties}>{children}</div>;
}

function useStillness(): boolean {
  const [still, setStill] = useState(false);
  useEffect(() => {
    const query = window.matchMedia('(prefers-reduced-motion: reduce)');
    const read = (): void => setStill(query.matches || document.body.classList.contains('vscode-reduce-motion'));
    read();
    query.addEventListener('change', read);
    return () => query.removeEventListener('change', read);
  }, []);
  return still;
}

export { parseWireKey };
