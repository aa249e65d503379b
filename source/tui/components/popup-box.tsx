import {Box, Text} from 'ink';
import {createElement, Fragment, type ReactElement} from 'react';
import type {Look, Theme} from '../../themes/theme.js';
import {nameColors} from '../panes/name-colors.js';
import {rememberLast} from '../panes/remember.js';
import type {PopupLayout, Span} from '../popups/spans.js';
import {inkLook} from './looks.js';

/** A popup: its frame and its rows, each row a few short texts (what Ink paints fastest). */
export function PopupBox({layout, theme}: {readonly layout: PopupLayout; readonly theme: Theme}) {
	const {rectangle, rows, bare} = layout;
	const {color} = inkLook(theme.roles.frame);
	const shown = inPlace(rows, spans => <Row spans={spans} theme={theme} />);
	if (bare === true) {
		return (
			<Box
				marginLeft={rectangle.x}
				marginTop={rectangle.y}
				width={rectangle.width}
				height={rectangle.height}
				flexDirection="column"
			>
				{shown}
			</Box>
		);
	}

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
			{shown}
		</Box>
	);
}

function Row({spans, theme}: {readonly spans: readonly Span[]; readonly theme: Theme}) {
	return (
		<Box height={1} flexShrink={0}>
			{inPlace(spans, span => (
				<Text wrap="truncate" {...inkLook(lookFor(span, theme))}>
					{span.text}
				</Text>
			))}
		</Box>
	);
}

/** How many colours there are is decided when the screen is written. */
const colorsFor = rememberLast((theme: Theme) => nameColors(theme, '256'));

function lookFor({role, hue, look}: Span, theme: Theme): Look {
	const foreground = hue === undefined ? undefined : colorsFor(theme)(hue);
	return look ?? {...theme.roles[role], ...(foreground === undefined ? {} : {foreground})};
}

/** Children that are told apart by their place: a row of a popup has no identity of its own. */
function inPlace<Item>(items: readonly Item[], show: (item: Item) => ReactElement): ReactElement {
	return createElement(Fragment, null, ...items.map(show));
}
