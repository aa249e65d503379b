export default {
	files: ['build/test/**/*.test.js'],
	timeout: '60s',
	concurrency: 2,
	environmentVariables: {NODE_ENV: 'production'},
};
