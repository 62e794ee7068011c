async function*e(e,t){let n=e.getReader(),r=new TextDecoder,i=``;for(;;){let{done:e,value:a}=await n.read();if(e)return;t();let o=(i+r.decode(a,{stream:!0})).replace(/\r\n/g,`
`).split(`

`);i=o.pop()??``;for(let e of o){let t=e.split(`
`).filter(e=>e.startsWith(`data:`)).map(e=>e.slice(5).replace(/^ /,``));t.length&&(yield t.join(`
`))}}}export{e as eventsOf};