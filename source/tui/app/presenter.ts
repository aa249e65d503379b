import type {State} from '../../store/state.js';
import {popupLayout} from '../popups/layout.js';
import type {PopupLayout} from '../popups/spans.js';
import type {Painted, Painter} from './paint.js';
import {differInInputOnly, type ViewState} from './view-state.js';

export type PresenterOptions = {
	readonly painter: Painter;
	/** Size of the screen in columns. */
	columns(): number;
	/** Shows a popup, or none. */
	showPopup(layout: PopupLayout | undefined): void;
	setCursor(x: number, y: number): void;
};

/** Brings State and view to the screen. */
export type Presenter = {
	/** Paints what differs from what was painted last, for most keys only the input. False: nothing does. */
	show(state: State, view: ViewState): boolean;
	/** What was painted last. */
	painted(): Painted;
	/** The popup as it was laid out last. */
	popup(): PopupLayout | undefined;
	/** What was painted last no longer fits the screen. */
	forget(): void;
};

export function createPresenter({painter, columns, showPopup, setCursor}: PresenterOptions): Presenter {
	let shownView: ViewState | undefined;
	let shownState: State | undefined;
	let painted: Painted = {};
	let popup:
		| {
				readonly of: ViewState['popup'];
				readonly columns: number;
				readonly floor: number;
				readonly layout: PopupLayout | undefined;
		  }
		| undefined;

	/** Lays a popup out anew only when it or its surroundings changed. */
	const presentPopup = (of: ViewState['popup']) => {
		const floor = painted.layout?.status.y ?? 0;
		const width = columns();
		if (popup?.of !== of || popup?.columns !== width || popup.floor !== floor) {
			const layout = of === undefined || floor === 0 ? undefined : popupLayout(of, width, floor);
			popup = {of, columns: width, floor, layout};
			showPopup(layout);
		}

		if (popup?.layout?.cursor !== undefined) {
			setCursor(popup.layout.cursor.x, popup.layout.cursor.y);
		}
	};

	return {
		show(state, view) {
			if (shownView === view && shownState === state) {
				return false;
			}

			const inputOnly = shownState === state && shownView !== undefined && differInInputOnly(shownView, view);
			painted = inputOnly ? painter.paintInput(state, view) : painter.paint(state, view);
			shownView = view;
			shownState = state;
			presentPopup(view.popup);
			return true;
		},
		painted: () => painted,
		popup: () => popup?.layout,
		forget() {
			shownState = undefined;
		},
	};
}
