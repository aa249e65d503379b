import {Box, Text} from 'ink';
import {createElement, Fragment, type ReactElement} from 'react';
import type {Theme} from '../../themes/theme.js';
import type {PopupLayout, Span} from '../popups/spans.js';
import {inkLook} from './looks.js';

/** A popup: its frame and its rows, each row a few short texts (what Ink paints fastest). */
export function PopupBox({layout, theme}: {readonly layout: PopupLayout; readonly theme: Theme}) {
	const {rectangle, rows} = layout;
	const {color} = inkLook(theme.roles.frame);
	return (
		<Box
			marginLeft={rectangle.x}
			marginTop={rectangle.y}
			width={rectangle.width}
			height={rectangle.height}
			borderStyle="round"
			paddingX={1}
			flexDirection="column"
			{...(color === undefined ? {} : {borderColor: color})}
		>
			{inPlace(rows, spans => (
				<Row spans={spans} theme={theme} />
			))}
		</Box>
	);
}

function Row({spans, theme}: {readonly spans: readonly Span[]; readonly theme: Theme}) {
	return (
		<Box height={1} flexShrink={0}>
			{inPlace(spans, span => (
				<Text wrap="truncate" {...inkLook(theme.roles[span.role])}>
					{span.text}
				</Text>
			))}
		</Box>
	);
}

/** Children that are told apart by their place: a row of a popup has no identity of its own. */
function inPlace<Item>(items: readonly Item[], show: (item: Item) => ReactElement): ReactElement {
	return createElement(Fragment, null, ...items.map(show));
}
