import {Box, render} from 'ink';
import type {Theme} from '../../themes/theme.js';
import {createInkStdin} from '../input/ink-stdin.js';
import type {PopupLayout} from '../popups/spans.js';
import {inkOptions} from '../screen/ink-options.js';
import type {Screen} from '../screen/screen.js';
import {PopupBox} from './popup-box.js';

export type PopupLayer = {
	/** Draws this popup, or none. Nothing is rendered while the same is asked for again. */
	show(layout: PopupLayout | undefined): void;
	/** Draws in these colours from now on. */
	setTheme(theme: Theme): void;
	/** To be called after the screen has another size. */
	resized(): void;
	unmount(): void;
};

/**
 * Ink's part of the screen: it draws popups on its own grid, and the screen lets them show through the painted panes.
 * With no popup open React has nothing to do, whatever is typed or received. Loaded after the first frame.
 */
export function createPopupLayer(screen: Screen, first: Theme): PopupLayer {
	let theme = first;
	let shown: PopupLayout | undefined;
	const instance = render(
		<Frame screen={screen} theme={theme} layout={undefined} />,
		inkOptions(screen.stdout, createInkStdin().stream),
	);
	const draw = () => instance.rerender(<Frame screen={screen} theme={theme} layout={shown} />);
	return {
		show(layout) {
			if (layout === shown) {
				return;
			}

			shown = layout;
			draw();
			if (layout === undefined) {
				screen.removeOverlay('popup');
			} else {
				screen.setOverlay('popup', layout.rectangle);
			}
		},
		setTheme(next) {
			theme = next;
			draw();
		},
		resized: draw,
		unmount: () => instance.unmount(),
	};
}

type FrameProps = {readonly screen: Screen; readonly theme: Theme; readonly layout: PopupLayout | undefined};

/** One row less than the screen: at full height Ink would clear it for each frame. */
function Frame({screen, theme, layout}: FrameProps) {
	return (
		<Box width={screen.columns} height={Math.max(1, screen.rows - 1)}>
			{layout === undefined ? null : <PopupBox layout={layout} theme={theme} />}
		</Box>
	);
}
