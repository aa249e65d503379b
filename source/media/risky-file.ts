/** Which files may do something by being opened: run, or show a page that does. Those are asked for (`docs/decisions/0026-files.md`). */
import {extensionOf, readMediaType} from './media-type.js';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const riskyExtensions = words(`
	exe com bat cmd scr pif cpl msi msp mst msix appx appxbundle dll sys drv ocx gadget
	ps1 psm1 psd1 ps1xml vbs vbe vb js jse mjs cjs ws wsf wsh wsc sct hta chm hlp
	reg inf scf lnk url website webloc settingcontent library searchconnector application manifest xbap
	jar jnlp class war
	sh bash zsh fish csh tcsh ksh dash command tool term terminal workflow action scpt scptd applescript osx app
	desktop directory service socket timer mount autostart kdelnk
	run bin out elf so dylib ko o appimage flatpak flatpakref flatpakrepo snap deb rpm pkg dmg apk apks xapk aab ipa
	crx xpi vsix oxt mobileconfig
	py pyc pyo pyw pyz pl pm rb php php3 phtml lua tcl tk awk r jsp asp aspx cgi
	html htm xhtml xht shtml shtm mht mhtml svg svgz xml xsl xslt swf
	doc dot docm dotm xls xlt xla xlsm xltm xlam xlsb xll xlw pps ppt pot pptm potm ppsm ppam sldm one accdb accde mdb mde pub
	iso img vhd vhdx vmdk ova ovf udf
	theme themepack diagcab diagcfg diagpkg cab
	wasm emacs el vim
`);

const riskyTypes = words(`
	application/x-executable application/x-pie-executable application/x-sharedlib application/x-elf application/x-object
	application/x-mach-binary application/vnd.microsoft.portable-executable application/x-msdownload application/x-dosexec
	application/x-ms-dos-executable application/x-msdos-program application/x-msi application/x-ms-shortcut
	application/x-bat application/bat application/hta application/x-mswinurl application/x-ms-application
	application/x-desktop application/x-shellscript text/x-shellscript application/x-sh application/x-csh text/x-sh
	application/x-python text/x-python text/x-python3 application/x-python-code application/x-perl text/x-perl
	application/x-ruby text/x-ruby application/x-php text/x-php application/x-httpd-php text/x-lua text/x-tcl
	text/javascript application/javascript application/ecmascript application/x-javascript text/ecmascript text/vbscript
	application/java-archive application/x-java-archive application/java-vm application/x-java-jnlp-file
	text/html application/xhtml+xml image/svg+xml image/svg+xml-compressed application/xml multipart/related message/rfc822
	application/x-mimearchive application/x-shockwave-flash application/vnd.adobe.flash.movie application/wasm
	application/msword application/vnd.ms-excel application/vnd.ms-powerpoint application/vnd.ms-word
	application/vnd.android.package-archive application/vnd.debian.binary-package application/x-debian-package application/x-rpm
	application/vnd.appimage application/x-appimage application/vnd.flatpak application/vnd.flatpak.ref application/vnd.snap
	application/x-apple-diskimage application/x-iso9660-image application/x-raw-disk-image application/x-xpinstall
	application/x-chrome-extension application/x-ms-wim application/vnd.ms-cab-compressed
`);

/**
 * Whether opening a file could run code: by its name, by what its sender says it is and by what its content shows (give all that
 * is known). What nothing is known of is risky too, since the program that opens it looks for itself.
 */
export function isRisky(name: string, ...mediaTypes: ReadonlyArray<string | undefined>): boolean {
	const types = mediaTypes.map(readMediaType).filter(type => type !== undefined && type !== 'application/octet-stream');
	const extension = extensionOf(name);
	return (
		riskyExtensions.has(extension) ||
		types.some(type => riskyTypes.has(type ?? '') || /macroenabled/.test(type ?? '')) ||
		(extension === '' && types.length === 0)
	);
}
