export default {
	files: ['build/test/**/*.test.js'],
	timeout: '120s',
	concurrency: 2,
	environmentVariables: {NODE_ENV: 'production'},
};
