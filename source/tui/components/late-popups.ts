import process from 'node:process';
import type {Theme} from '../../themes/theme.js';
import type {PopupLayout} from '../popups/spans.js';
import type {Screen} from '../screen/screen.js';
import type {createPopupLayer, PopupLayer} from './popup-layer.js';

export type LatePopups = Pick<PopupLayer, 'show' | 'setTheme' | 'resized' | 'unmount'> & {load(): void};

/** Popups whose drawing (React, Ink) is loaded late: at the first popup, or when there is time. `theme`: the one painted then. */
export function createLatePopups(screen: Screen, theme: () => Theme): LatePopups {
	let wanted: PopupLayout | undefined;
	let layer: PopupLayer | undefined;
	let loading = false;
	let gone = false;

	const load = async () => {
		loading = true;
		const createPopupLayer = await loadPopupLayer();
		if (!gone) {
			layer = createPopupLayer(screen, theme());
			layer.show(wanted);
		}
	};

	const loadOnce = () => {
		if (!loading && !gone) {
			void load();
		}
	};

	return {
		load: loadOnce,
		show(layout) {
			wanted = layout;
			if (layer !== undefined) {
				layer.show(layout);
			} else if (layout !== undefined) {
				loadOnce();
			}
		},
		setTheme: next => layer?.setTheme(next),
		resized: () => layer?.resized(),
		unmount() {
			gone = true;
			layer?.unmount();
		},
	};
}

/**
 * Loads Ink as what stands between it and the terminal needs it. It would paint only its last frame in continuous
 * integration, and without colours where it thinks so; how many there are is decided when the screen is written. Both are
 * asked while it is loaded, so that programs that are started later see the environment as it was.
 */
async function loadPopupLayer(): Promise<typeof createPopupLayer> {
	const {CI, FORCE_COLOR, NO_COLOR, NODE_DISABLE_COLORS} = process.env;
	process.env.CI = 'false';
	process.env.FORCE_COLOR = '3';
	// Node prints a warning, onto the screen, where these contradict it.
	delete process.env.NO_COLOR;
	delete process.env.NODE_DISABLE_COLORS;
	try {
		return (await import('./popup-layer.js')).createPopupLayer;
	} finally {
		restore('CI', CI);
		restore('FORCE_COLOR', FORCE_COLOR);
		restore('NO_COLOR', NO_COLOR);
		restore('NODE_DISABLE_COLORS', NODE_DISABLE_COLORS);
	}
}

function restore(name: string, value: string | undefined): void {
	if (value === undefined) {
		delete process.env[name];
	} else {
		process.env[name] = value;
	}
}
