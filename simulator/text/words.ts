import type { Dice } from '../draws/dice';

/** What the simulator's people and programs write about. Written for this project; no sentence is taken from a data set. */
export type Topic = {
  readonly name: string;
  readonly things: readonly string[];
  readonly acts: readonly string[];
  readonly traits: readonly string[];
};

const topic = (name: string, things: string, acts: string, traits: string): Topic => ({
  name,
  things: things.split(','),
  acts: acts.split(','),
  traits: traits.split(','),
});

export const TOPICS: readonly Topic[] = [
  topic(
    'kitchen',
    'sourdough starter,lentil stew,cast-iron pan,lemon tart,pressure cooker,weekly menu,spice rack,freezer drawer,roasted squash,pickled cabbage,rice noodle salad,birthday cake',
    'simmers,burns,needs salt,keeps for a week,goes soggy,doubles well,splits',
    'crisp,bland,smoky,too sweet,vegan,gluten-free,leftover',
  ),
  topic(
    'travel',
    'night train,hostel booking,visa form,ferry timetable,carry-on bag,border crossing,lake district,airport transfer,rail pass,mountain hut,city tram,travel insurance',
    'sells out,leaves at dawn,was cancelled,costs double,takes six hours,requires a stamp',
    'cheap,scenic,crowded,last-minute,refundable,remote',
  ),
  topic(
    'law',
    'rental agreement,notice period,deposit,liability clause,data request,employment contract,late fee,power of attorney,warranty claim,non-compete,court summons,settlement offer',
    'expires,binds both sides,was never signed,contradicts the annex,needs a witness,limits damages',
    'void,ambiguous,standard,enforceable,one-sided,binding',
  ),
  topic(
    'health',
    'physiotherapy plan,sleep diary,blood test,knee injury,food allergy,vaccination card,migraine,running schedule,hearing aid,insurance form,night shift,posture',
    'flares up,improves slowly,was misread,helps after a week,disturbs sleep',
    'chronic,mild,recurrent,seasonal,untreated',
  ),
  topic(
    'school',
    'history essay,group project,reading list,lab report,scholarship letter,oral exam,thesis outline,seating plan,homework diary,parents evening,spelling test,field trip',
    'is due on Monday,lacks sources,repeats itself,was graded twice,counts for a third',
    'late,unfinished,brilliant,confusing,optional,supervised',
  ),
  topic(
    'trade',
    'wholesale order,pallet,customs code,delivery window,returns desk,supplier quote,stock count,loyalty card,price list,packing slip,market stall,cash register',
    'arrived damaged,is out of stock,never balances,doubles in December,was invoiced twice',
    'overdue,bulk,fragile,discounted,imported,seasonal',
  ),
  topic(
    'garden',
    'compost heap,tomato seedling,rain barrel,apple graft,hedge,greenhouse vent,raised bed,slug trap,lawn edge,bee hotel,fig tree,irrigation hose',
    'wilts at noon,attracts wasps,froze in April,bears twice a year,leans over the fence',
    'shaded,overgrown,drought-proof,potted,perennial',
  ),
  topic(
    'finance',
    'quarterly budget,travel expense,mortgage rate,pension statement,exchange fee,audit trail,cash forecast,tax return,savings plan,grant report,invoice batch,credit note',
    'does not reconcile,was posted twice,closes on Friday,exceeds the limit,carries over',
    'fixed,provisional,unaudited,capped,deductible',
  ),
  topic(
    'physics',
    'pendulum,heat pump,lens,orbit,friction coefficient,standing wave,capacitor,wind tunnel,spectrum,pressure vessel,magnet,half-life',
    'oscillates,decays exponentially,reaches equilibrium,radiates,saturates',
    'ideal,damped,isolated,nonlinear,superconducting',
  ),
  topic(
    'biology',
    'enzyme,moss,coral reef,seed bank,mitochondrion,pollinator,tide pool,fungal network,antibody,salmon run,wetland,gene variant',
    'adapts,migrates upstream,binds weakly,mutates,collapses in summer',
    'endangered,symbiotic,invasive,recessive,nocturnal',
  ),
  topic(
    'machines',
    'conveyor,torque sensor,gearbox,spindle,coolant pump,safety relay,forklift,hydraulic line,robot arm,vibration log,spare part,shift report',
    'overheats,trips the breaker,drifts out of tolerance,stops without warning,runs dry',
    'worn,calibrated,obsolete,noisy,redundant',
  ),
  topic(
    'stories',
    'lighthouse keeper,lost map,travelling circus,orphaned robot,winter palace,unreliable narrator,talking crow,letter from the future,harbour town,stolen violin,detective,dragon egg',
    'vanishes at midnight,lies about the past,learns to forgive,returns too late,hides the key',
    'melancholy,funny,haunted,brave,ordinary',
  ),
  topic(
    'support',
    'refund ticket,password reset,broken screen,missing parcel,double charge,warranty card,chat transcript,angry customer,callback,firmware update,billing address,gift voucher',
    'was closed too early,needs an apology,has no order number,escalated twice,repeats every month',
    'urgent,polite,unresolved,duplicate,premium',
  ),
  topic(
    'data',
    'event table,nightly export,dashboard,null column,sensor feed,survey answers,churn model,schema change,access log,pivot sheet,late partition,join key',
    'drops rows,is off by one day,double counts,times out,skews the average',
    'stale,partitioned,sparse,deduplicated,unlabelled',
  ),
  topic(
    'cities',
    'bus lane,flood wall,school zone,library hours,bike bridge,noise map,parking permit,street market,tram depot,playground,zoning map,water main',
    'floods every spring,was rejected,divides the council,opens in May,lacks ramps',
    'narrow,underused,listed,pedestrian,temporary',
  ),
  topic(
    'hiring',
    'cover letter,salary band,reference call,trial week,job posting,onboarding list,exit interview,interview panel,skills matrix,remote policy,probation,team charter',
    'sounds stiff,scares people off,was sent too early,misses the point,needs numbers',
    'junior,confidential,part-time,internal,generous',
  ),
];

export const NAMES =
  'Amara,Bruno,Chen,Dalia,Emeka,Farah,Goran,Hana,Ivo,Jun,Kofi,Lena,Mateo,Nadia,Olu,Priya,Quang,Rosa,Sven,Tariq,Uma,Viktor,Wanjiru,Yuki,Zofia,Aylin,Bao,Cleo,Diego,Esi,Fumiko,Gita,Hugo,Ines,Jamal,Kira,Leif,Mina,Nils,Oksana,Pavel,Rania,Selma,Tomas,Veda,Wim,Xenia,Yara'.split(
    ',',
  );
const ONSET = 'b,br,c,ch,d,dr,f,g,gl,h,j,k,l,m,n,p,pr,r,s,sh,st,t,tr,v,w,z'.split(',');
const CORE = 'a,e,i,o,u,ai,ea,io,ou'.split(',');
const CODA = ',,,n,r,s,l,x,m,nd,rt,ck'.split(',');

/** A word that is in no dictionary: companies, products, places, packages. */
export const coined = (dice: Dice, syllables = 2): string => {
  let word = '';
  for (let i = 0; i < syllables; i++) word += dice.pick(ONSET) + dice.pick(CORE) + (i === syllables - 1 ? dice.pick(CODA) : '');
  return word;
};
export const Coined = (dice: Dice, syllables = 2): string => {
  const word = coined(dice, syllables);
  return word[0]!.toUpperCase() + word.slice(1);
};
